"""JSON-LD: graphs compacted by our published context, with a document loader that can fetch nothing."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader
from pyoxigraph import RdfFormat, Triple, serialize

from pipeline import vocabulary

CONTEXT_PATH = "/context/v1.jsonld"

Document = dict[str, Any]


def compact(graph: Iterable[Triple], base: str) -> Document:
    """Return a graph as compact JSON-LD whose ``@context`` is the address of our context below the base.

    The graph's triples must come subject by subject.
    """
    expanded = json.loads(serialize(graph, format=RdfFormat.JSON_LD) or b"[]")
    options = {"documentLoader": loader(base), "skipExpansion": True, "compactArrays": True}
    # PyLD caches by the context object, so it is always the same one.
    compacted: Document = jsonld.compact(expanded, _context(), options)
    compacted.pop("@context", None)
    return {"@context": base + CONTEXT_PATH} | compacted


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


@cache
def _context() -> Document:
    return vocabulary.context()
