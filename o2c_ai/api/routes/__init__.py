"""What programs may ask and do: JSON under /v1, one file a step of order-to-cash."""
