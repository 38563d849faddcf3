"""Suggestions: proposed cash applications as a model or the rules made them, and what became of each."""
