"""Comparing: what became of the records between two releases, two sources, or one of each."""
