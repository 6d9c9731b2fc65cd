"""Hints: why a query that is correct has an empty answer, and what was probably meant."""
