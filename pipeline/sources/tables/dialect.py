"""Delimiters: which character comes between the columns of a text."""

import csv
import io
import re
from collections import Counter
from itertools import islice

from pipeline.findings.messages import say
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.tables.aligned import ALIGNED, unaligned

DELIMITERS = {
    ",": say("commas"),
    ";": say("semicolons"),
    "\t": say("tabs"),
    "|": say("vertical bars"),
    "^": say("carets (^)"),
    "~": say("tildes (~)"),
    "\u00a6": say("broken bars (¦)"),
    ALIGNED: say("two or more spaces"),
}
"""The delimiters that are looked for, with their names for people."""

_USUAL = (",", ";", "\t", "|")
_UNUSUAL = tuple(delimiter for delimiter in DELIMITERS if delimiter not in _USUAL)
"""Delimiters that must name more columns than a usual one: their signs are in texts, too."""

_DECLARATION = re.compile(r'\A\ufeff?"?sep=(.)"?[;,\t|]*(\r\n?|\n|\Z)', re.IGNORECASE)
_RECORDS = 30
_HEADER_ROWS = 10


def declared_delimiter(text: str) -> str | None:
    """Return the delimiter that a first line such as Excel's ``sep=;`` declares, or None without one."""
    match = _DECLARATION.match(text)
    return match[1] if match else None


def detect_delimiter(text: str) -> str:
    """Return the delimiter that makes the best table: most known columns, then the most even rows; commas for none."""
    cut = max(text.rfind("\n"), text.rfind("\r")) + 1
    sample = text[:cut] if cut > len(text) // 2 else text
    usual = max(_USUAL, key=lambda delimiter: _merit(sample, delimiter))
    known, *_ = _merit(sample, usual)
    other = max(_UNUSUAL, key=lambda delimiter: _merit(sample, delimiter))
    return other if _merit(sample, other)[0] > max(known, 1) else usual


def _merit(text: str, delimiter: str) -> tuple[int, float, int]:
    """Return known columns in one of the first rows, share of rows of the commonest width, that width."""
    lines = (
        unaligned(text.splitlines(keepends=True)) if delimiter == ALIGNED else io.StringIO(text, newline="")
    )
    records = list(islice(csv.reader(lines, delimiter="\t" if delimiter == ALIGNED else delimiter), _RECORDS))
    widths = Counter(len(record) for record in records if record)
    if not widths:
        return (0, 0.0, 0)
    known = max(sum(1 for cell in record if field_of(cell)) for record in records[:_HEADER_ROWS])
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (known, count / widths.total() if width > 1 else 0.0, width)
