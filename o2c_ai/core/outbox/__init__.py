"""What must be told to others, written together with the act that makes it true."""
