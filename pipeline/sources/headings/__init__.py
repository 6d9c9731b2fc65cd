"""Headings: what the columns of tables are called, in which language, and what fields they hold."""
