"""Finds personal data in tables, treats it by a plan, and attacks the result to prove it."""
