"""Deciding which open items a receipt pays: suggestions, the policy that decides, and the acts that follow."""
