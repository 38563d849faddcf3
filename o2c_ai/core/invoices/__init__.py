"""What we billed: invoices, debit memos and credit memos, issued once and corrected only by reversal."""
