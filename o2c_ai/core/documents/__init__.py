"""The papers behind the books: every file that came in, byte for byte."""
