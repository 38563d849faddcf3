"""What paid what: credit applied to open items, parked, moved or taken back, items written off, and how to undo it."""
