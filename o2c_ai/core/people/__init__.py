"""The people who work on the books, what each may do, and what one asks and another approves."""
