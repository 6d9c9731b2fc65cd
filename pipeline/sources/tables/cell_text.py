"""What a spreadsheet cell shows, as text: numbers without ``.0``, dates in the precision of their format."""

import re
from datetime import date, datetime, timedelta

from pipeline.sources.tables.grids import Cell

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NOT_TOKENS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P', re.IGNORECASE)
_RUNS = re.compile(r"y+|m+|d+|h+|s+|e+|g+|b+", re.IGNORECASE)
_ZEROS = re.compile("0{2,}")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_FIRST_SERIAL, _LAST_SERIAL = 25_569, 55_153
"""1 January 1970 and 31 December 2050 as day numbers: what a date without its format looks like."""

_DAY_ZERO = datetime(1899, 12, 30)
_DAY_ZERO_1904 = datetime(1904, 1, 1)


def cell_text(value: object, number_format: str, is_error: bool = False, link: str | None = None) -> Cell:
    """Return what a cell with this value and number format shows."""
    match value:
        case None:
            return Cell("", None, link)
        case str():
            return Cell("", "cell-error", link) if is_error else Cell(unescape_cell(value), None, link)
        case bool():
            return Cell("TRUE" if value else "FALSE", None, link)
        case int() | float():
            return Cell(_number(value, number_format), None, link)
        case date():
            text, code = _date(value, number_format)
            return Cell(text, code, link)
    return Cell(str(value), None, link)


def unescape_cell(text: str) -> str:
    """Return the text with the escapes that workbooks use for characters XML cannot contain, ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _number(value: float, number_format: str) -> str:
    if value != int(value):
        return f"{value:.15g}"
    digits = len(number_format) if _ZEROS.fullmatch(number_format) else 0
    return str(int(value)).zfill(digits)


def _date(value: date, number_format: str) -> tuple[str, str | None]:
    """Return the text of a date, and the code of the finding on one whose year is hidden."""
    parts = date_parts(number_format)
    if "y" in parts:
        precision = "%Y-%m-%d" if "d" in parts else "%Y-%m" if "m" in parts else "%Y"
        return value.strftime(precision).zfill(4), None
    if not parts:
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat(), None
    shown_parts = [str(value.day)] * ("d" in parts) + [_MONTHS[value.month - 1]] * ("m" in parts)
    return " ".join(shown_parts), "year-not-shown"


def date_parts(number_format: str) -> set[str]:
    """Return which of ``y``, ``m``, ``d`` a date format shows; ``m`` beside hours or seconds is minutes."""
    tokens: list[str] = _RUNS.findall(_NOT_TOKENS.sub(" ", number_format.partition(";")[0].lower()))
    runs = [token[0] for token in tokens if not (token[0] == "d" and len(token) > 2)]
    parts = set()
    for place, run in enumerate(runs):
        before = runs[place - 1] if place else ""
        after = runs[place + 1] if place + 1 < len(runs) else ""
        if run == "m" and (before == "h" or after == "s"):
            continue
        parts.add({"e": "y", "b": "y", "g": "y"}.get(run, run))
    return parts & {"y", "m", "d"}


def date_of_serial(text: str, from_1904: bool) -> str | None:
    """Return the day that a bare day number stands for, as ``2018-03-01``; None for other texts."""
    if not (text.isdecimal() and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL):
        return None
    start = _DAY_ZERO_1904 if from_1904 else _DAY_ZERO
    return (start + timedelta(days=int(text))).date().isoformat()
