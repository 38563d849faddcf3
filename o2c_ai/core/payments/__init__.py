"""What the bank and the customers say about money that came in, and the receipts booked from it."""
