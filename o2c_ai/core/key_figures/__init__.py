"""The figures managers steer by: what each one is, how it came to be what it is, and who stands behind it."""
