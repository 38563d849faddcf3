"""Views people saved of a list: a name for filters and an order they come back to."""
