"""From an account to the paper behind it: what an entry books, and what became of a document."""
