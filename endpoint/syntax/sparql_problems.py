"""Problems: what the endpoint refuses or cannot do, each with its status, its name and what to do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of problem: the status it comes with, and its title, the same each time."""

    status: int
    title: str


SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        "request-not-understood": Sort(400, "The request is not one of the SPARQL protocol"),
        "query-missing": Sort(400, "The query is missing"),
        "query-not-understood": Sort(400, "The query is not SPARQL 1.1"),
        "function-unknown": Sort(400, "Unknown function"),
        "query-too-deep": Sort(400, "The query is nested too deeply"),
        "query-too-wide": Sort(400, "The query is too complex"),
        "service-refused": Sort(400, "Federated queries are not supported"),
        "update-refused": Sort(400, "Updates are not accepted"),
        "update-forbidden": Sort(403, "Updates are not accepted"),
        "method-not-allowed": Sort(405, "The SPARQL protocol has no such method"),
        "format-not-available": Sort(406, "None of the accepted formats is available"),
        "query-too-long": Sort(413, "The query is too long"),
        "body-type-unknown": Sort(415, "Unsupported content type for a query"),
        "query-failed": Sort(500, "The query failed"),
        "endpoint-busy": Sort(503, "Too many queries are under way"),
        "query-interrupted": Sort(503, "The query was interrupted"),
        "query-deadline": Sort(503, "The query took too long"),
        "query-memory": Sort(503, "The query needed too much memory"),
        "answer-too-large": Sort(503, "The answer is too large for this connection"),
        "store-unavailable": Sort(503, "The data cannot be read at the moment"),
    }
)
"""Name → sort; the name is the last part of a problem's type, an anchor on the page of errors."""


OUTCOMES = ("answered", "not-modified", "abandoned", *SORTS)
"""The ways in which a request with a query can end, as they are counted."""


class Problem(Exception):
    """A request that gets no answer to its query, and the sentence that says why and what to do.

    ``at`` is the character of the query where it happened; ``headers`` go with the response.
    """

    def __init__(
        self, name: str, sentence: str, *, at: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence
        self.at = at
        self.headers = headers or {}

    def to_bytes(self) -> bytes:
        """Return the problem as a query child sends it."""
        return json.dumps([self.name, self.sentence, self.at]).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the problem that a query child has sent."""
        name, sentence, at = json.loads(content)
        return cls(name, sentence, at=at)

    @property
    def sort(self) -> Sort:
        """Return the sort of this problem."""
        return SORTS[self.name]
