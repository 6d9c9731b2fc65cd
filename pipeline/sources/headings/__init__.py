"""Headings: what the columns of tables are called, in each language, and their fields."""
