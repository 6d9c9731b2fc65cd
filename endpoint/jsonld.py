"""JSON-LD: graphs compacted by our published context, with a document loader that can fetch nothing."""

import json
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader
from pyoxigraph import Literal, Triple

from endpoint.facts import Object, name_of_node
from pipeline import vocabulary
from pipeline.vocabulary import RDF, XSD

CONTEXT_PATH = "/context/v1.jsonld"

Document = dict[str, Any]

_TYPE = RDF + "type"
_LANGUAGE = "@language"


def compact(graph: Iterable[Triple], base: str, *, nested: Collection[str] = ()) -> Document:
    """Return a graph as compact JSON-LD whose ``@context`` is the address of our context below the base.

    Where the graph's first subject points at others by the ``nested`` predicates, these stand inside it.
    """
    nodes = expand(graph)
    if nested and nodes:
        nodes = _nest(nodes, nested)
    options = {"documentLoader": loader(base), "skipExpansion": True}
    # PyLD caches what it reads of a context by the object, so it is always the same one.
    document: Document = jsonld.compact(nodes, _context(), options)
    document.pop("@context", None)
    return {"@context": base + CONTEXT_PATH} | document


def expand(graph: Iterable[Triple]) -> list[Document]:
    """Return a graph as expanded JSON-LD, one node object a subject, in the graph's order."""
    nodes: dict[str, Document] = {}
    for triple in graph:
        name = name_of_node(triple.subject)
        node = nodes.setdefault(name, {"@id": name})
        predicate = triple.predicate.value
        if predicate == _TYPE and not isinstance(triple.object, Literal):
            node.setdefault("@type", []).append(name_of_node(triple.object))
        else:
            node.setdefault(predicate, []).append(_value(triple.object, predicate))
    return list(nodes.values())


def text(document: Document) -> bytes:
    """Return a JSON-LD document as people like to read it."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def script(document: Document) -> str:
    """Return a JSON-LD document for a script element: no text in it can end the element."""
    return (
        json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def loader(base: str) -> FrozenDocumentLoader:
    """Return a document loader that knows our context, below the base and in the w3id space, and no more."""
    context = _context()
    return FrozenDocumentLoader({base + CONTEXT_PATH: context, vocabulary.CONTEXT_IRI: context})


def _value(found: Object, predicate: str) -> Document:
    if not isinstance(found, Literal):
        return {"@id": name_of_node(found)}
    if found.language:
        return {"@language": found.language, "@value": found.value}
    datatype = found.datatype.value
    if datatype == XSD + "string":
        return {"@value": found.value}
    # A language map holds strings only, so that a number in it could not be read back.
    if predicate not in _language_maps():
        if datatype == XSD + "boolean" and found.value in ("true", "false"):
            return {"@value": found.value == "true"}
        if datatype == XSD + "integer" and _is_json_integer(found.value):
            return {"@value": int(found.value)}
    return {"@type": datatype, "@value": found.value}


def _is_json_integer(lexical: str) -> bool:
    """Tell whether a JSON number gives back the same lexical form."""
    digits = lexical.removeprefix("-")
    return digits.isdecimal() and len(digits) < 16 and str(int(lexical)) == lexical


def _nest(nodes: list[Document], predicates: Collection[str]) -> list[Document]:
    """Return expanded nodes with those that the first one points at moved into it."""
    root, *others = nodes
    by_name = {node["@id"]: node for node in others}
    for predicate in predicates:
        if predicate in root:
            root[predicate] = [by_name.pop(value.get("@id"), value) for value in root[predicate]]
    return [root, *by_name.values()]


@cache
def _language_maps() -> frozenset[str]:
    """Return the properties that our context writes as a map from language to text."""
    terms: Document = _context()["@context"]
    mapped = (term["@id"] for term in terms.values() if isinstance(term, dict) and _LANGUAGE in term.values())
    return frozenset(terms[prefix] + name for prefix, _, name in (iri.partition(":") for iri in mapped))


@cache
def _context() -> Document:
    return vocabulary.context()
