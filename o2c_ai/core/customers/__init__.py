"""Who owes us: customers, their parents and the accounts they pay from."""
