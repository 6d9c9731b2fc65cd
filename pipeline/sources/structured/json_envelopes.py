"""Envelopes: where programs put the records of an export, and what they write around them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.sources.headings.heading_meanings import field_of

_DEEPEST = 4
_SEARCHED = 50
_NAME_KEYS = ("name", "id", "fieldName", "field", "key", "label", "title")
_MARKERS = (
    "offset",
    "next",
    "nextlink",
    "nextpage",
    "nextpagetoken",
    "nextpageurl",
    "odatanextlink",
    "nextcursor",
)
_FLAGS = ("hasnextpage", "hasmore", "exceededtransferlimit", "nextpageexists")
_TOTALS = ("total", "count", "totalcount", "total_count", "numberMatched", "total_rows")

Value = Mapping[str, Any]


def names_title(keys: Sequence[str] | Value) -> bool:
    """Return whether some keys name the title of a record and something else of it."""
    fields = {field_of(key) for key in keys} - {None}
    return "title" in fields and len(fields) > 1


def inner_key(record: Value, depth: int = 0) -> str | None:
    """Return the key under which a record keeps its fields, as ``properties`` in GeoJSON; None where it has none."""
    if depth >= _DEEPEST or names_title(record):
        return None
    for key, value in record.items():
        if isinstance(value, dict) and (names_title(value) or inner_key(value, depth + 1) is not None):
            return key
    return None


def heading_lists(value: Any, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield each list of names that could head the rows of a table: of texts, or of objects with a name."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for each in value.values():
            yield from heading_lists(each, depth + 1)
    elif isinstance(value, list) and value:
        names = tuple(map(_name_of, value[:1000]))
        if all(names) and names_title(names):
            yield names


def _name_of(value: Any) -> str:
    if isinstance(value, dict):
        return next((str(value[key]) for key in _NAME_KEYS if isinstance(value.get(key), str)), "")
    return value if isinstance(value, str) else ""


def objects_of_rows(
    rows: list[Any], headings: Sequence[tuple[str, ...]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and object of each row of a table of arrays, under the headings of its width.

    Without such headings, the first row names the columns if it names a title; else there is nothing.
    """
    if not rows or not all(isinstance(row, list) for row in rows[:_SEARCHED]):
        return
    width = len(rows[0])
    names = next((each for each in headings if len(each) == width), None)
    first = 0
    if names is None:
        names, first = tuple(_name_of(each) if isinstance(each, str) else "" for each in rows[0]), 1
        if not names_title(names):
            return
    for number, row in enumerate(rows[first:], first):
        if isinstance(row, list):
            yield number, dict(zip(names, row, strict=False))


def objects_of_columns(value: Value) -> list[dict[str, Any]]:
    """Return the objects of a table that is kept column by column; none where it is not."""
    columns = [list(each.values()) if isinstance(each, dict) else each for each in value.values()]
    lengths = {len(each) if isinstance(each, list) else 0 for each in columns}
    if len(lengths) != 1 or min(lengths) < 2 or not names_title(value):
        return []
    keys = {tuple(each) for each in value.values() if isinstance(each, dict)}
    if len(keys) > 1 or any(not key.isdecimal() for several in keys for key in several):
        return []
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _objects(value: Any, depth: int = 0) -> Iterator[Value]:
    """Yield an object and those in it, but neither records nor what is in lists, which may be records."""
    if isinstance(value, dict) and depth < _DEEPEST - 1 and not names_title(value):
        yield value
        for each in value.values():
            yield from _objects(each, depth + 1)


def page_marker(value: Any, records: int) -> str | None:
    """Return the key that says that a file is one page of several, None where nothing says so."""
    for each in _objects(value):
        for key, marker in each.items():
            plain = "".join(filter(str.isalnum, key)).lower()
            if plain in _MARKERS and marker and not (isinstance(marker, str) and marker.isdecimal()):
                return str(key)
            if plain in _FLAGS and marker is True:
                return str(key)
            is_total = key in _TOTALS and isinstance(marker, str) and marker.isdecimal() and len(marker) < 10
            if is_total and records and int(marker) > records:
                return str(key)
    return None
