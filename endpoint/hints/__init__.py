"""Hints: why a correct query has an empty answer, and what it probably meant."""
