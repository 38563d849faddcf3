"""Returns: payments that bounced, and what they had paid open again."""
