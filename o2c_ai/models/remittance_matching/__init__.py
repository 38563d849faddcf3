"""Which open items does this money pay: proposals with reasons, made from rules on the first day."""
