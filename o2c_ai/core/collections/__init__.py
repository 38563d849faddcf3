"""Getting paid: contacts, promises to pay, and the worklist of whom to call today."""
