"""When open items were expected to be paid: predictions kept as they were made."""
