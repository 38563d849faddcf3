"""What people see and do in a browser: one file a desk; every page works without a script."""
