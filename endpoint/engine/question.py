"""Questions and limits: what a web process asks of a query child, and how much the child may spend on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.rdf.vocabulary import CONTEXT_IRI


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the store to ask, and the format of the answer.

    ``format`` is json, xml, csv or tsv for SELECT and ASK, ttl, nt, rdf or jsonld for CONSTRUCT and DESCRIBE.
    With ``union`` the default graph is the union of the named graphs. ``default_graphs`` and ``named_graphs`` are
    IRIs; None leaves the choice to the query. ``seconds`` is the time from its reading to its last byte.
    ``prefixes`` are the query's own, written beside the usual ones; ``context`` is the IRI that JSON-LD names.
    """

    query: str
    format: str
    store: str
    seconds: float
    base_iri: str | None = None
    union: bool = True
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    context: str = CONTEXT_IRI

    def to_bytes(self) -> bytes:
        """Return the question as it goes over the socket."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, default=dict).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Question":
        """Return the question that came over the socket."""
        values = json.loads(content)
        for name in ("default_graphs", "named_graphs"):
            if values[name] is not None:
                values[name] = tuple(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much queries may spend, and how many children there are to run them.

    ``memory`` is in bytes above what a child uses before its first query. While a child has been busy for
    ``spare_after`` seconds there is another one in its place, up to ``most`` in all; from ``slow_after``
    seconds of computing on it has low priority and ends with its answer. A release of at most ``in_memory``
    triples is kept in memory.
    """

    seconds: float = 30.0
    memory: int = 1024 * 1024 * 1024
    children: int = 2
    most: int = 8
    spare_after: float = 0.1
    slow_after: float = 1.0
    in_memory: int = 100_000
