"""The outside world's paper: files of banks and customers, turned into the plain records of the books and back."""
