"""Spot checks: a drawn sample of what was applied untouched, confirmed or contradicted by people."""
