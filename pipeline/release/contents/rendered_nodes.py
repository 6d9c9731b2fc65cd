"""Rendered nodes: what is said about a subject in the three forms of the dumps."""

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Self

from pipeline.rdf import vocabulary
from pipeline.release.contents.jsonld_writer import JsonLdWriter
from pipeline.release.contents.nodes import Node, node_lines, type_first
from pipeline.release.contents.turtle_writer import TurtleWriter

_LENGTHS = struct.Struct("<II")


class RenderedNode(NamedTuple):
    """A node as N-Triples lines, as a Turtle statement and as a JSON-LD object."""

    lines: bytes
    turtle: bytes
    jsonld: bytes

    def to_bytes(self) -> bytes:
        """Return the three as one."""
        return b"".join((_LENGTHS.pack(len(self.lines), len(self.turtle)), *self))

    @classmethod
    def from_bytes(cls, packed: bytes) -> Self:
        """Return the three that are packed as one."""
        lines, turtle = _LENGTHS.unpack_from(packed)
        middle = _LENGTHS.size + lines
        return cls(
            packed[_LENGTHS.size : middle], packed[middle : middle + turtle], packed[middle + turtle :]
        )


class NodeRenderer:
    """Renders nodes with some prefixes and a JSON-LD context."""

    def __init__(self, base_iri: str, context: Mapping[str, Any], prefixes: Mapping[str, str]) -> None:
        self.base_iri = base_iri
        self._turtle = TurtleWriter(prefixes, base_iri)
        self._jsonld = JsonLdWriter(context)

    def head(self) -> str:
        """Return what is at the head of Turtle."""
        return self._turtle.head()

    def render(self, node: Node) -> RenderedNode:
        """Return a node in all forms."""
        readable = type_first(node)
        turtle, jsonld = self._turtle.node(readable), self._jsonld.node(readable)
        return RenderedNode(node_lines(node).encode(), turtle.encode(), jsonld.encode())


@lru_cache(maxsize=2)
def renderer_of(base_iri: str) -> NodeRenderer:
    """Return what renders the nodes of a deployment; each process makes it once."""
    return NodeRenderer(base_iri, vocabulary.context()["@context"], vocabulary.prefixes())
