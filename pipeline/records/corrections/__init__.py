"""Corrections that stay: a steward's lines on wrong values and joined practices, applied by each build."""
