"""Envelopes: where programs put the records of an export, what they write around them and keep apart from them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.sources.headings.heading_meanings import field_of
from pipeline.system.data_files import tables_of

_EMBEDDED = "_embedded"
_DEEPEST = 4
_SEARCHED = 50
KEYS = tables_of(__package__, "json_keys.toml")
"""The keys that programs use, by what is under them."""

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
        return next((str(value[key]) for key in KEYS["headings"] if isinstance(value.get(key), str)), "")
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
            if plain in KEYS["markers"] and marker and not (isinstance(marker, str) and marker.isdecimal()):
                return str(key)
            if plain in KEYS["flags"] and marker is True:
                return str(key)
            is_total = (
                key in KEYS["totals"] and isinstance(marker, str) and marker.isdecimal() and len(marker) < 10
            )
            if is_total and records and int(marker) > records:
                return str(key)
    return None


def with_custom_fields(board: Any) -> Any:
    """Return a board whose cards have the fields that it defines under their names; another value as it is."""
    if not isinstance(board, dict) or not isinstance(board.get("cards"), list):
        return board
    defined = {
        each["id"]: each for each in _objects_in(board.get("customFields")) if "id" in each and "name" in each
    }
    if not defined:
        return board
    return {
        **board,
        "cards": [{**card, **dict(_fields(card, defined))} for card in _objects_in(board["cards"])],
    }


def with_cells(answer: Any) -> Any:
    """Return the answer of a Google sheet as rows of texts below their headings; another value as it is."""
    table = answer.get("table") if isinstance(answer, dict) else None
    if not isinstance(table, dict) or not isinstance(table.get("cols"), list):
        return answer
    rows: list[list[Any]] = [[str(column.get("label", "")) for column in _objects_in(table["cols"])]]
    for row in _objects_in(table.get("rows")):
        values = row.get("c")
        cells = (
            each if isinstance(each, dict) else {} for each in (values if isinstance(values, list) else ())
        )
        rows.append([each.get("f", each.get("v")) for each in cells])
    return {"table": rows}


def with_terms(posts: Any) -> Any:
    """Return the posts of WordPress with the names of their terms in place of the numbers; another value as it is."""
    if isinstance(posts, dict) and _EMBEDDED in posts:
        return _with_terms(posts)
    if isinstance(posts, list) and any(_EMBEDDED in post for post in _objects_in(posts[:1])):
        return [_with_terms(post) if isinstance(post, dict) else post for post in posts]
    return posts


def _with_terms(post: dict[str, Any]) -> dict[str, Any]:
    embedded = post.get(_EMBEDDED)
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    terms: dict[str, list[Any]] = {}
    for group in groups if isinstance(groups, list) else ():
        for term in _objects_in(group):
            terms.setdefault(str(term.get("taxonomy")), []).append(term.get("name"))
    if not terms:
        return post
    plain = {key: value for key, value in post.items() if key != _EMBEDDED and not _are_numbers(value)}
    return {**terms, **plain}


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(str(each).isdecimal() for each in value)


def with_related(document: Any) -> Any:
    """Return a document of JSON:API whose records hold what they are related to; another value as it is."""
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        return document
    included = {
        (each.get("type"), str(each.get("id"))): each.get("attributes", {})
        for each in _objects_in(document.get("included"))
    }
    if not included:
        return document

    def resolve(value: Any) -> Any:
        data = value.get("data") if isinstance(value, dict) else None
        if isinstance(data, list):
            return [included.get((each.get("type"), str(each.get("id"))), each) for each in _objects_in(data)]
        return included.get((data.get("type"), str(data.get("id"))), data) if isinstance(data, dict) else data

    def whole(record: dict[str, Any]) -> dict[str, Any]:
        relations = record.get("relationships")
        names = relations if isinstance(relations, dict) else {}
        attributes = record.get("attributes")
        own = attributes if isinstance(attributes, dict) else {}
        others = {key: value for key, value in record.items() if key != "relationships" or value is not names}
        return {**others, "attributes": {**{name: resolve(each) for name, each in names.items()}, **own}}

    return {**document, "data": list(map(whole, _objects_in(document["data"])))}


def _fields(card: Mapping[str, Any], defined: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for item in _objects_in(card.get("customFieldItems")):
        field = defined.get(item.get("idCustomField", ""))
        if field is None:
            continue
        options = {option.get("id"): option.get("value") for option in _objects_in(field.get("options"))}
        value = item.get("value") or options.get(item.get("idValue"))
        yield str(field["name"]), next(iter(value.values()), None) if isinstance(value, dict) else value


def _objects_in(values: Any) -> Iterator[dict[str, Any]]:
    return (each for each in values if isinstance(each, dict)) if isinstance(values, list) else iter(())
