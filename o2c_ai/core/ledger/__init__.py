"""The general ledger: companies, accounts, periods and journal entries that balance or are refused."""
