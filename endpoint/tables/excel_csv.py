"""CSV for Excel: with a byte order mark, the separator that Excel expects of a reader, and no formulas."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace

from babel import UnknownLocaleError
from babel.numbers import get_decimal_symbol

MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the system's own encoding."""

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)


def separator_for(languages: Sequence[str]) -> str:
    """Return the separator that Excel expects of a reader: a semicolon where numbers have a decimal comma."""
    for language in languages:
        try:
            return ";" if get_decimal_symbol(language) == "," else ","
        except (UnknownLocaleError, ValueError):
            continue
    return ","


def excel_lines(rows: Iterable[Sequence[str]], separator: str) -> Iterator[str]:
    """Yield the lines of a file that Excel opens as a table of texts and numbers."""
    yield MARK
    yield from csv_lines(([as_text(cell) for cell in row] for row in rows), separator)


def csv_lines(rows: Iterable[Sequence[str]], separator: str = ",") -> Iterator[str]:
    """Yield the lines of a table as CSV."""
    return map(csv.writer(SimpleNamespace(write=str), delimiter=separator).writerow, rows)


def as_text(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe comes before what begins like one."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
