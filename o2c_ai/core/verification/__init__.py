"""Whether the books hold: every law recomputed from the rows, and the row named that breaks it."""
