"""The learners: they read the books, propose, and never write."""
