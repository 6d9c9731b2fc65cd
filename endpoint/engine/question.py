"""Questions and limits: what a web process asks of a query child, and how much the child may spend on it."""

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from endpoint.http.problems import Problem

ADVICE = "Ask for less: bind more of the patterns, add a LIMIT, leave out ORDER BY or DISTINCT."


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the store to ask, and the format of the answer.

    ``task`` is what to do with the query: answer it, only read it, give hints on it (``message`` has the columns
    without a value), or explain what another store says of it (``message``). ``format`` is json, xml, csv or tsv for
    SELECT and ASK; ttl, nt, rdf, trig, nq or one of JSON-LD for CONSTRUCT and DESCRIBE. With ``union`` the default
    graph is the union of the named graphs, unless the query names another. ``default_graphs`` and ``named_graphs``
    are IRIs; None leaves the choice to the query. ``seconds`` is the time from its reading to its last byte.
    """

    query: str
    format: str
    store: str
    seconds: float
    base_iri: str | None = None
    union: bool = True
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    task: Literal["answer", "read", "hint", "explain"] = "answer"
    message: str = ""

    def to_bytes(self) -> bytes:
        """Return the question as it goes over the socket: a line of JSON, and the query as it is."""
        return json.dumps(_ALL_BUT_QUERY(self)).encode() + b"\n" + self.query.encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Question":
        """Return the question that came over the socket."""
        head, _, query = content.partition(b"\n")
        values: list[Any] = [
            tuple(value) if isinstance(value, list) else value for value in json.loads(head.decode())
        ]
        return cls(query.decode(), *values)


_ALL_BUT_QUERY = attrgetter(*Question.__slots__[1:])


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How much queries may spend, and how many children there are to run them.

    ``memory`` is in bytes above what a child uses before its first query. While a child has been busy for
    ``spare_after`` seconds there is another one in its place, up to ``most`` in all; from ``slow_after``
    seconds of computing on it has low priority and ends with its answer. A release of at most ``in_memory``
    triples is kept in memory. A query has at most ``query_bytes``.
    """

    seconds: float = 30.0
    memory: int = 1024 * 1024 * 1024
    children: int = 2
    most: int = 8
    spare_after: float = 0.1
    slow_after: float = 0.25
    in_memory: int = 100_000
    query_bytes: int = 1024 * 1024

    def over_memory(self) -> Problem:
        """Return the message for a query that needs more memory than its limit."""
        megabytes = self.memory // (1024 * 1024)
        return Problem(
            "query-memory",
            f"The query was stopped: it needs more than {megabytes} MB, or is nested too deeply. {ADVICE}",
        )
