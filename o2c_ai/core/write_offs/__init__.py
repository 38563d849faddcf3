"""Write-offs: what is given up, asked by one person and granted by another."""
