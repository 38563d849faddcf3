"""The books: money, ledger, receivables and everything that must be exact."""
