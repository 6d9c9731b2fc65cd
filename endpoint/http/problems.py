"""Problems: what is refused or cannot be done, each with its status, its name and what to do (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pipeline.system.data_files import tables_of


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of problem: the page that explains it, the status it comes with, and its title, the same each time."""

    page: str
    status: int
    title: str


_SORTS = {
    row["name"]: Sort(row["page"], row["status"], row["one"])
    for row in tables_of(__package__, "problem_messages.toml")["message"]
}


def sorts_on(page: str) -> dict[str, Sort]:
    """Return the sorts of problems that a page explains, by their names."""
    return {name: sort for name, sort in _SORTS.items() if sort.page == page}


class Problem(Exception):
    """A request that gets no answer, and the sentence that says why and what to do.

    ``at`` is the character of a query where it happened; ``headers`` go with the response. ``findings`` are those that
    lead to it, in their JSON form.
    """

    def __init__(
        self,
        name: str,
        sentence: str,
        headers: Mapping[str, str] | None = None,
        *,
        at: int | None = None,
        findings: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence
        self.headers = headers or {}
        self.at = at
        self.findings = findings

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
        return _SORTS[self.name]

    @property
    def heading(self) -> str:
        """Return the problem as plain text."""
        return f"{self.sort.status} {self.sort.title}\n{self.sentence}\n"

    def fields(self, base: str, line: int | None, column: int | None, request_id: str) -> dict[str, Any]:
        """Return the problem as the members of its JSON object; its type is an anchor on the page that explains it."""
        said = {
            "type": f"{base}/{self.sort.page}#{self.name}",
            "title": self.sort.title,
            "status": self.sort.status,
            "detail": self.sentence,
        }
        more = {"line": line, "column": column, "findings": list(self.findings), "request_id": request_id}
        return said | {name: value for name, value in more.items() if value}
