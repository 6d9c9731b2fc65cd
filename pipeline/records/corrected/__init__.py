"""Corrected copies: what may be put right in a table, and the table as a workbook with that done and marked."""
