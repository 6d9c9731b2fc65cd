"""Words that show what kind a cell or a row of a table is: ticks, totals, notes (``table_words.csv``)."""

import csv
from functools import cache
from importlib.resources import files

from pipeline.sources.tables.heading_table import fold_header


@cache
def table_words(kind: str) -> frozenset[str]:
    """Return the folded words of one kind in all languages."""
    table = files(__package__).joinpath("table_words.csv").read_text(encoding="utf-8")
    rows = {row["kind"]: row["words"].split("|") for row in csv.DictReader(table.splitlines())}
    return frozenset(fold_header(word) or word for word in rows[kind])
