"""JSON-LD of query results: it needs no other document, since its context is inside or it has none."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, islice
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.graphs.jsonld_documents import by_subject, expand
from pipeline.rdf.vocabulary import RDF, XSD, context
from pipeline.release.contents.jsonld_writer import JsonLdWriter

FORMATS = ("jsonld", "jsonld-expanded", "jsonld-flattened")

_AT_ONCE = 1000
"""Triples that are written together; of a graph with no more of them, the context defines only what it needs."""

_UNWRITTEN = {XSD + "string", *(RDF + name for name in ("type", "langString", "dirLangString"))}
_ALWAYS = ("@version", "id", "type")


class NoJsonLd(Exception):
    """JSON-LD has no form for a graph; the sentence says why."""


def write_json_ld(triples: Iterator[Triple], format_name: str, write: Callable[[bytes], object]) -> None:
    """Write a graph as JSON-LD: compacted, expanded or flattened.

    A subject whose triples the engine does not give together has several node objects, unless it is flattened.
    """
    checked = map(_check_triple, triples)
    if format_name == "jsonld-expanded":
        parts = (json.dumps(node, ensure_ascii=False) for some in _batches(checked) for node in expand(some))
        _write_list("[", parts, "]\n", write)
        return
    first = tuple(islice(checked, _AT_ONCE))
    definitions = _definitions_for(first) if len(first) < _AT_ONCE else _context()
    writer = JsonLdWriter(definitions)
    everything = chain(first, checked)
    batches = iter((tuple(everything),)) if format_name == "jsonld-flattened" else _batches(everything)
    nodes = (writer.node(node) for some in batches for node in by_subject(some).items())
    _write_list(f'{{"@context":{json.dumps(definitions)},"@graph":[', nodes, "]}\n", write)


def _write_list(before: str, parts: Iterable[str], after: str, write: Callable[[bytes], object]) -> None:
    write(before.encode())
    joint = "\n"
    for part in parts:
        write((joint + part).encode())
        joint = ",\n"
    write(f"\n{after}".encode())


def _batches(triples: Iterator[Triple]) -> Iterator[tuple[Triple, ...]]:
    while some := tuple(islice(triples, _AT_ONCE)):
        yield some


def _check_triple(triple: Triple) -> Triple:
    """Return a triple; raise NoJsonLd where JSON-LD 1.1 has no form for it."""
    if isinstance(triple.subject, Triple) or isinstance(triple.object, Triple):
        raise NoJsonLd("JSON-LD has no form for a triple within a triple.")
    names = [name for name in names_of(triple) if name.partition(":")[0] in _context()]
    if names:
        raise NoJsonLd(f"In JSON-LD {names[0]} would be read as a prefixed name.")
    return triple


def names_of(triple: Triple) -> tuple[str, str, str]:
    """Return the IRIs in a triple, that of a literal's datatype among them, empty for a node that has none."""
    subject, predicate, value = triple
    if isinstance(value, Literal):
        value = value.datatype
    return (
        subject.value if isinstance(subject, NamedNode) else "",
        predicate.value,
        value.value if isinstance(value, NamedNode) else "",
    )


@cache
def _context() -> dict[str, Any]:
    terms: dict[str, Any] = context()["@context"]
    return terms


def _definitions_for(triples: Iterable[Triple]) -> dict[str, Any]:
    """Return the part of our context that a graph needs."""
    names = {name for triple in triples for name in names_of(triple)} - _UNWRITTEN
    spaces = {name[: max(name.rfind("#"), name.rfind("/")) + 1] for name in names}
    needed = set(_ALWAYS)
    for name, definition in _context().items():
        if name.startswith("@"):
            continue
        iri = _expand(definition if isinstance(definition, str) else definition["@id"], _context())
        if iri in names or iri in spaces:
            needed |= {name, *_prefixes_of(definition)}
    return {name: definition for name, definition in _context().items() if name in needed}


def _prefixes_of(definition: str | Mapping[str, Any]) -> set[str]:
    iris = [definition] if isinstance(definition, str) else [definition["@id"], definition.get("@type", "")]
    return {iri.partition(":")[0] for iri in iris}


def _expand(compact: str, definitions: Mapping[str, Any]) -> str:
    prefix, _, local = compact.partition(":")
    space = definitions.get(prefix)
    return f"{space}{local}" if isinstance(space, str) and not local.startswith("//") else compact
