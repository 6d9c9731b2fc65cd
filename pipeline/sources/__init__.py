"""Readers: a source file in, rows with exact places out."""
