"""What the books expect to come in, as it was forecast, and how it turned out."""
