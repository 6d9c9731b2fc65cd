"""Structured sources: JSON and RDF, with the place of every value."""
