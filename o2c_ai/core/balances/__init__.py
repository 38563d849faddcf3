"""What stood on the bank accounts, as statements or people said: where a cash position starts from."""
