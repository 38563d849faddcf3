"""Measurements against baselines: every figure the README shows comes from results.json, written here."""
