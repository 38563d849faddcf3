"""When will this open item be paid: one distribution of payment days per item, from the payers' own habits."""
