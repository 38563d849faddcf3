"""Work done by the clock or at a button: where papers, predictions and the books meet."""
