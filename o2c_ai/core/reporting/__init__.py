"""What the books say of the business: aging, days sales outstanding, statements of account, cash application rates."""
