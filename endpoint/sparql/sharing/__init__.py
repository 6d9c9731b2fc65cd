"""Sharing a query: short links that need no store, and the same query in other languages."""
