"""Long work that was asked for: who asked, how it stands, what came of it, and what is asked for every day."""
