"""Values kept apart: fields that a board defines for its cards (Trello), and what records are related to (JSON:API)."""

from collections.abc import Iterator, Mapping
from typing import Any

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
