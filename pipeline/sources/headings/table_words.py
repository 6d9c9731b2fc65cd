"""Words that show what kind a cell or a row of a table is: ticks, totals, notes (``table_words.csv``)."""

import csv
from functools import cache
from importlib.resources import files

from pipeline.sources.headings.heading_table import fold_header


@cache
def table_words(kind: str) -> frozenset[str]:
    """Return the folded words of one kind in all languages."""
    return frozenset(fold_header(word) or word for word in _listed(kind))


@cache
def marks_as_above() -> frozenset[str]:
    """Return what a cell contains that says the same as the cell above it, as people write it."""
    words = _listed("as above")
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))


def _listed(kind: str) -> list[str]:
    table = files(__package__).joinpath("table_words.csv").read_text(encoding="utf-8")
    return next(row["words"] for row in csv.DictReader(table.splitlines()) if row["kind"] == kind).split("|")
