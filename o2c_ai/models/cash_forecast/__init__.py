"""How much money comes in, week by week: open items as they are usually paid, and business not invoiced yet."""
