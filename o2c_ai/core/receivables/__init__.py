"""The subledger: what customers owe, what they have to their credit, and which credit paid which item."""
