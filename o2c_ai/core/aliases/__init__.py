"""Payer aliases: accounts and names that people said pay, or do not pay, for a customer."""
