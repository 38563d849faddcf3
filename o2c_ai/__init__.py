"""AI-assisted collections and cash application on books that are exact."""
