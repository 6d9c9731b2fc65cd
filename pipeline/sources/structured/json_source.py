"""JSON: a list of objects, an object with such a list in it, or JSON Lines; each object is a record."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.findings.finding_messages import finding_of
from pipeline.model.errors import SourceError
from pipeline.model.finding import Place
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.structured.json_envelopes import (
    KEYS,
    heading_lists,
    inner_key,
    objects_of_columns,
    objects_of_rows,
    page_marker,
    with_cells,
    with_custom_fields,
    with_related,
    with_terms,
)
from pipeline.sources.structured.json_records import RecordReader
from pipeline.sources.structured.json_text import (
    MOST_BYTES,
    DuplicateKeyObject,
    decode_json,
    is_json_ld,
    not_json,
    parse_json,
    values_in,
    without_call,
)
from pipeline.sources.structured.json_values import cells_of, escape_key, field_of_key
from pipeline.sources.tables.row_kinds import is_country_name

_SEARCHED = 50
_DEEPEST_LIST = 4
_COUNTED = re.compile(r"(?:row|item|record|entry|element|object|practice|project)?[-_ ]?\d+", re.IGNORECASE)
"""Keys that only count the objects."""

_LINES = (".jsonl", ".ndjson")

Member = tuple[str, Any]
"""Pointer to a value, and the value."""


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield the records of a file, with what was found."""
    if path.stat().st_size > MOST_BYTES and path.suffix.lower() not in _LINES:
        raise SourceError(
            f"{name} has more than {MOST_BYTES >> 20} MB. Split it, or write one object a line (.jsonl)."
        )
    if path.suffix.lower() in _LINES:
        yield from read_lines(path, name)
        return
    text = without_call(decode_json(path.read_bytes(), name))
    if not text.strip():
        yield finding_of("file-empty/json", Place(name))
        return
    try:
        value = parse_json(text)
    except json.JSONDecodeError as error:
        start = text.lstrip(" \t\r\n")[:1]
        if start == "\x1e" or (error.msg == "Extra data" and start == "{"):
            records = RecordReader(name)  # objects that follow one another, on lines of their own or not
            for number, (line, value) in enumerate(values_in(text, name)):
                yield from _read_member(value, Place(name, line=line), f"/{number}", records)
            return
        raise not_json(name, error) from error
    yield from _read_value(value, name)


def read_lines(path: Path, name: str) -> Iterator[Event]:
    """Yield the records of JSON Lines, one object a line."""
    records = RecordReader(name)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            text = decode_json(line.removeprefix(b"\xef\xbb\xbf"), name).strip("\x1e \t\r\n")
            if not text:
                continue
            try:
                value = parse_json(text)
            except json.JSONDecodeError as error:
                raise not_json(name, error, number - 1) from error
            yield from _read_member(value, Place(name, line=number), f"/{number - 1}", records)


def _read_value(value: Any, name: str) -> Iterator[Event]:
    if is_json_ld(value):
        # loaded for the few JSON files that are RDF
        from pipeline.sources.structured.rdf_source import read_json_ld

        yield from read_json_ld(value, name)
        return
    value = with_cells(with_terms(with_related(with_custom_fields(value))))
    lists = list(_lists(value, "", 0, tuple(heading_lists(value))))
    if not any(_most_fields(members) for _, members in lists) and _has_title(value):
        lists = [("", [("", value)])]
    chosen = _of_records(lists)
    if not chosen:
        yield finding_of("records-missing/json", Place(name))
    count = sum(len(members) for pointer, members in lists if pointer in chosen)
    if (marker := page_marker(value, count)) is not None:
        yield finding_of("page-of-several", Place(name, column=marker), key=marker)
    records = RecordReader(name)
    for pointer, members in lists:
        if pointer in chosen:
            for at, member in members:
                yield from _read_member(member, Place(name, pointer=at), at, records)
        elif chosen:
            yield finding_of("list-skipped", Place(name, pointer=pointer), number=len(members))


Headings = tuple[tuple[str, ...], ...]


def _lists(value: Any, pointer: str, depth: int, headings: Headings) -> Iterator[tuple[str, list[Member]]]:
    """Yield what may be lists of records: a list, the object itself, an object of objects, those within."""
    if isinstance(value, list):
        rows = [(f"{pointer}/{number}", each) for number, each in objects_of_rows(value, headings)]
        if rows:
            yield pointer, rows
        elif not value or any(isinstance(each, dict) for each in value) or depth == 0:
            yield pointer, [(f"{pointer}/{number}", each) for number, each in enumerate(value)]
    elif isinstance(value, dict):
        if columns := objects_of_columns(value):
            yield pointer, [(f"{pointer}/*/{number}", each) for number, each in enumerate(columns)]
        elif depth == 0 and inner_key(value) is None and _is_one_record(value):
            yield pointer, [(pointer, value)]
        elif depth < _DEEPEST_LIST:
            members = [(f"{pointer}/{escape_key(key)}", each) for key, each in value.items()]
            if members and all(isinstance(each, dict) and _has_title(each) for _, each in members):
                yield (
                    pointer,
                    [(at, _with_key(each, key)) for (at, each), key in zip(members, value, strict=True)],
                )
                return
            for (at, each), key in zip(members, value, strict=True):
                yield from _lists(_of_country(each, key), at, depth + 1, headings)


def _with_key(record: dict[str, Any], key: str) -> dict[str, Any]:
    """Return an object of an object of records with its key as its id, if it has none and keys are not just numbers."""
    return record if _COUNTED.fullmatch(key) or "id" in _fields_of(record) else {"id": key, **record}


def _of_country(value: Any, key: str) -> Any:
    """Return a list of records under the name of a country with that country; another value as it is."""
    if not isinstance(value, list) or not is_country_name(key):
        return value
    return [
        {"country": key, **each} if isinstance(each, dict) and "country" not in _fields_of(each) else each
        for each in value
    ]


def _of_records(lists: Sequence[tuple[str, list[Member]]]) -> set[str]:
    """Return the pointers to the lists whose objects name a title and, of all lists, about as many fields as any.

    A list that is alone is taken whatever it contains.
    """
    counts = {at: _most_fields(members) for at, members in lists}
    if cards := {
        at for at, count in counts.items() if at.rpartition("/")[2] in KEYS["collections"] and count
    }:
        return cards
    most = max(counts.values(), default=0)
    return {at for at, count in counts.items() if count and 2 * count >= most} or {
        at for at, _ in lists if len(lists) == 1
    }


def _most_fields(members: Sequence[Member]) -> int:
    return _fields([each for _, each in members[:_SEARCHED]])


def _fields(values: Sequence[Any]) -> int:
    """Return how many fields the objects of a list name, 0 where none of the first ones has a title."""
    return max((len(_fields_of(each)) for each in values[:_SEARCHED] if _has_title(each)), default=0)


def _is_one_record(value: dict[str, Any]) -> bool:
    """Return whether an object is a record itself, and no list in it contains several that say as much."""
    lists = {key: each for key, each in value.items() if isinstance(each, list)}
    if any(_fields(lists[key]) for key in KEYS["collections"] if key in lists):
        return False
    own = len(_fields_of(value))
    return _has_title(value) and not any(len(each) > 1 and _fields(each) >= own for each in lists.values())


def _has_title(value: Any) -> bool:
    fields = _fields_of(value) - {"id"}
    return "title" in fields and len(fields) > 1


def _fields_of(value: Any) -> set[str]:
    if not isinstance(value, dict):
        return set()
    return {field for cell in cells_of(value) if (field := field_of_key(cell.header))}


def _read_member(value: Any, place: Place, pointer: str, records: RecordReader) -> Iterator[Event]:
    if isinstance(value, dict):
        for twice, where in _duplicate_keys(value, pointer):
            here = where if place.line is None else None
            at = Place(place.file, line=place.line, pointer=here, column=twice)
            yield finding_of("key-doubled", at, key=twice[:80])
        yield from records.read(value, place, pointer)
        return
    yield Blank()
    if value is not None:
        yield finding_of("row-not-object", place, value=json.dumps(value)[:60])


def _duplicate_keys(value: Any, pointer: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, DuplicateKeyObject):
        yield from ((name, pointer) for name in value.duplicate_keys)
    if depth < _DEEPEST_LIST and isinstance(value, dict):
        for key, each in value.items():
            yield from _duplicate_keys(each, f"{pointer}/{escape_key(key)}", depth + 1)
