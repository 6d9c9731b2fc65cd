"""JSON-LD before it is parsed: our context is supplied from here, any other remote one is refused."""

from typing import Any

from pipeline.model.errors import SourceError
from pipeline.rdf.vocabulary import CONTEXT_IRI, context

_OURS = "context/v1.jsonld"


def localise(value: Any, name: str) -> tuple[Any, bool]:
    """Return a JSON-LD document that needs nothing remote, and whether it stated a context of its own.

    Raises SourceError for a remote context or import, with its pointer. Without any context ours is given.
    """
    values = value if isinstance(value, list) else [value]
    states_one = any(isinstance(each, dict) and "@context" in each for each in values)
    local = _local(value, name, "")
    if states_one:
        return local, True
    graph = local if isinstance(local, list) else [local]
    return {"@context": context()["@context"], "@graph": graph}, False


def pointers(value: Any, pointer: str = "") -> dict[str, str]:
    """Return the pointer to each object that describes something, by the id it states."""
    pointers_by_iri: dict[str, str] = {}
    members = (
        enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    )
    if isinstance(value, dict) and len(value) > 1:
        identifier = value.get("@id", value.get("id"))
        if isinstance(identifier, str):
            pointers_by_iri[identifier] = pointer
    for key, each in members:
        pointers_by_iri = pointers(each, f"{pointer}/{key}") | pointers_by_iri
    return pointers_by_iri


def _local(value: Any, name: str, pointer: str) -> Any:
    if isinstance(value, list):
        return [_local(each, name, f"{pointer}/{number}") for number, each in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if "@import" in value:
        _refuse(str(value["@import"]), name, f"{pointer}/@import")
    return {
        key: _context(each, name, f"{pointer}/{key}")
        if key == "@context"
        else _local(each, name, f"{pointer}/{key}")
        for key, each in value.items()
    }


def _context(value: Any, name: str, pointer: str) -> Any:
    if isinstance(value, list):
        return [_context(each, name, f"{pointer}/{number}") for number, each in enumerate(value)]
    if not isinstance(value, str):
        return _local(value, name, pointer)
    if value in (CONTEXT_IRI, _OURS) or value.endswith("/" + _OURS):
        return context()["@context"]
    return _refuse(value, name, pointer)


def _refuse(iri: str, name: str, pointer: str) -> Any:
    raise SourceError(
        f"{name}, at {pointer}: the context {iri[:200]} would have to be fetched, which is never done. "
        f"Write the context into the file, or use {CONTEXT_IRI}."
    )
