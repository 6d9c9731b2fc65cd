"""JSON-LD: graphs compacted by our published context, with a document loader that can fetch nothing.

Compaction is that of the dumps, at a thirtieth of the time that PyLD takes for a practice (0.3 ms, 10 ms); PyLD
reads in the tests what is written here.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pyld.documentloader.frozen import FrozenDocumentLoader
from pyoxigraph import Literal, Triple

from endpoint.graphs.frames import Tree
from endpoint.language.graph_facts import Object, name_of_node
from pipeline.rdf import vocabulary
from pipeline.rdf.vocabulary import RDF, XSD
from pipeline.release.contents.jsonld_writer import JsonLdWriter

CONTEXT_PATH = "/context/v1.jsonld"

Document = dict[str, Any]

_TYPE = RDF + "type"


def compact(graph: Iterable[Triple], base: str, tree: Tree | None = None) -> Document:
    """Return a graph as compact JSON-LD whose ``@context`` is the address of our context below the base.

    With a frame's tree the graph's first subject is the root, and what the frame says is inside.
    """
    nodes = _nodes(graph)
    if tree is not None and nodes:
        nodes = _nest(nodes, tree)
    listed = list(nodes.values())
    content = listed[0] if len(listed) == 1 else {"@graph": listed} if listed else {}
    return {"@context": base + CONTEXT_PATH} | content


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
            node.setdefault(predicate, []).append(_value(triple.object))
    return list(nodes.values())


def by_subject(graph: Iterable[Triple]) -> dict[str, list[tuple[str, str]]]:
    """Return the predicates and objects of each subject of a graph, all as N-Triples has them, in the graph's order."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for triple in graph:
        pairs.setdefault(str(triple.subject), []).append((str(triple.predicate), str(triple.object)))
    return pairs


def text(document: Document | list[Document]) -> bytes:
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


def _value(node: Object) -> Document:
    if not isinstance(node, Literal):
        return {"@id": name_of_node(node)}
    if node.language:
        direction = {"@direction": node.direction.value} if node.direction else {}
        return {"@language": node.language, **direction, "@value": node.value}
    datatype = node.datatype.value
    if datatype == XSD + "string":
        return {"@value": node.value}
    if datatype == XSD + "boolean" and node.value in ("true", "false"):
        return {"@value": node.value == "true"}
    if datatype == XSD + "integer" and _is_json_integer(node.value):
        return {"@value": int(node.value)}
    return {"@type": datatype, "@value": node.value}


def _is_json_integer(lexical: str) -> bool:
    """Return whether a JSON number gives back the same lexical form."""
    digits = lexical.removeprefix("-")
    return digits.isdecimal() and len(digits) < 16 and str(int(lexical)) == lexical


def _nodes(graph: Iterable[Triple]) -> dict[str, Document]:
    """Return the compact node objects of a graph by their terms, in the graph's order."""
    written = ",".join(map(_writer().node, by_subject(graph).items()))
    nodes: list[Document] = json.loads(f"[{written}]")
    return {node["id"]: node for node in nodes}


def _nest(nodes: Mapping[str, Document], tree: Tree) -> dict[str, Document]:
    """Return the first node with others inside as the tree says, and those that are nowhere inside."""
    root = next(iter(nodes))
    inside: set[str] = set()
    nested = _embed(nodes, nodes[root], tree, inside)
    rest = {name: node for name, node in nodes.items() if name not in inside and name != root}
    return {root: nested} | rest


def _embed(nodes: Mapping[str, Document], node: Document, tree: Tree, inside: set[str]) -> Document:
    """Return a node with its values replaced by the nodes that they name, where the tree says so."""

    def part(value: Any, within: Tree) -> Any:
        if not isinstance(value, str) or value not in nodes:
            return value
        inside.add(value)
        return _embed(nodes, nodes[value], within, inside)

    made = dict(node)
    for name in tree.keys() & node.keys():
        value = node[name]
        several = isinstance(value, list)
        made[name] = [part(each, tree[name]) for each in value] if several else part(value, tree[name])
    return made


@cache
def _writer() -> JsonLdWriter:
    return JsonLdWriter(_context()["@context"])


@cache
def _context() -> Document:
    return vocabulary.context()
