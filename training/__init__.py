"""What data scientists do beside the daily commands: train with settings of their own, search, take away, look back."""
