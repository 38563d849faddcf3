"""What customers object to: disputes waiting for an answer and deductions taken from payments."""
