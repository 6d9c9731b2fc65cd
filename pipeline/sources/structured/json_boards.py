"""Values kept apart: fields that a board defines for its cards (Trello), what records are related to (JSON:API),
and the terms of WordPress.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_EMBEDDED = "_embedded"
COLLECTIONS = ("cards", "practices", "records", "issues", "tasks", "features", "results", "entries")
"""Keys of an object under which its records are, whatever the object itself says."""


def with_custom_fields(board: Any) -> Any:
    """Return a board whose cards have the fields that it defines under their names; another value as it is."""
    if not isinstance(board, dict) or not isinstance(board.get("cards"), list):
        return board
    defined = {
        each["id"]: each for each in _objects(board.get("customFields")) if "id" in each and "name" in each
    }
    if not defined:
        return board
    return {**board, "cards": [{**card, **dict(_fields(card, defined))} for card in _objects(board["cards"])]}


def with_cells(answer: Any) -> Any:
    """Return the answer of a Google sheet as rows of texts below their headings; another value as it is."""
    table = answer.get("table") if isinstance(answer, dict) else None
    if not isinstance(table, dict) or not isinstance(table.get("cols"), list):
        return answer
    rows: list[list[Any]] = [[str(column.get("label", "")) for column in _objects(table["cols"])]]
    for row in _objects(table.get("rows")):
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
    if isinstance(posts, list) and any(_EMBEDDED in post for post in _objects(posts[:1])):
        return [_with_terms(post) if isinstance(post, dict) else post for post in posts]
    return posts


def _with_terms(post: dict[str, Any]) -> dict[str, Any]:
    embedded = post.get(_EMBEDDED)
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    terms: dict[str, list[Any]] = {}
    for group in groups if isinstance(groups, list) else ():
        for term in _objects(group):
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
        for each in _objects(document.get("included"))
    }
    if not included:
        return document

    def related(value: Any) -> Any:
        data = value.get("data") if isinstance(value, dict) else None
        if isinstance(data, list):
            return [included.get((each.get("type"), str(each.get("id"))), each) for each in _objects(data)]
        return included.get((data.get("type"), str(data.get("id"))), data) if isinstance(data, dict) else data

    def whole(record: dict[str, Any]) -> dict[str, Any]:
        relations = record.get("relationships")
        names = relations if isinstance(relations, dict) else {}
        attributes = record.get("attributes")
        own = attributes if isinstance(attributes, dict) else {}
        return {**record, "attributes": {**{name: related(each) for name, each in names.items()}, **own}}

    return {**document, "data": list(map(whole, _objects(document["data"])))}


def _fields(card: Mapping[str, Any], defined: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for item in _objects(card.get("customFieldItems")):
        field = defined.get(item.get("idCustomField", ""))
        if field is None:
            continue
        options = {option.get("id"): option.get("value") for option in _objects(field.get("options"))}
        value = item.get("value") or options.get(item.get("idValue"))
        yield str(field["name"]), next(iter(value.values()), None) if isinstance(value, dict) else value


def _objects(values: Any) -> Iterator[dict[str, Any]]:
    return (each for each in values if isinstance(each, dict)) if isinstance(values, list) else iter(())
