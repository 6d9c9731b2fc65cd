"""Problems: what the service cannot read or do, each with its status, its name and what to do (RFC 9457)."""

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import Response

from endpoint.monitoring.access_log import request_id
from endpoint.syntax.sparql_problems import Sort

_PLACE = re.compile(r", line (\d+)(?:, column (\d+))?: ")


SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        "address-refused": Sort(400, "This address is not fetched"),
        "data-missing": Sort(400, "No data to check"),
        "data-unreadable": Sort(400, "The data cannot be read"),
        "request-unreadable": Sort(400, "The request cannot be read"),
        "profile-unknown": Sort(400, "Unknown profile"),
        "shapes-unknown": Sort(400, "Unknown shapes"),
        "shapes-unreadable": Sort(400, "The shapes cannot be read"),
        "shapes-refused": Sort(400, "These shapes use an unsupported feature"),
        "shapes-malformed": Sort(400, "The shapes cannot be applied"),
        "format-unknown": Sort(406, "The report is not available in that format"),
        "data-too-large": Sort(413, "The data are too large for this service"),
        "type-unknown": Sort(415, "Unsupported type of data"),
        "coding-unknown": Sort(415, "Unknown content coding"),
        "records-missing": Sort(422, "No practice in the data"),
        "address-unreachable": Sort(502, "The data cannot be fetched"),
        "check-failed": Sort(500, "The check failed"),
        "service-busy": Sort(503, "Too many checks are under way"),
        "check-deadline": Sort(503, "The check took too long"),
        "check-memory": Sort(503, "The check needed too much memory"),
    }
)
"""Name → sort; the name is the last part of a problem's type, an anchor on the service's page."""


class Problem(Exception):
    """A request that gets no report, and the sentence that says why and what to do.

    ``findings`` are those that lead to it, in their JSON form.
    """

    def __init__(
        self,
        name: str,
        sentence: str,
        headers: Mapping[str, str] | None = None,
        findings: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence
        self.headers = headers or {}
        self.findings = findings

    @property
    def sort(self) -> Sort:
        """Return the sort of this problem."""
        return SORTS[self.name]


def problem_fields(problem: Problem, base: str) -> dict[str, Any]:
    """Return a problem as the members of its JSON object, with line and column where the sentence names them."""
    fields: dict[str, Any] = {
        "type": f"{base}/validate#{problem.name}",
        "title": problem.sort.title,
        "status": problem.sort.status,
        "detail": problem.sentence,
    }
    position = _PLACE.search(problem.sentence)
    if position is not None:
        fields |= {
            name: int(number)
            for name, number in zip(("line", "column"), position.groups(), strict=True)
            if number
        }
    if problem.findings:
        fields["findings"] = list(problem.findings)
    if request_id():
        fields["request_id"] = request_id()
    return fields


def problem_response(problem: Problem, base: str, *, as_text: bool) -> Response:
    """Return a problem for programs, as problem+json or as plain text."""
    if as_text:
        text = f"{problem.sort.status} {problem.sort.title}\n{problem.sentence}\n"
        return Response(text, problem.sort.status, content_type="text/plain; charset=utf-8")
    text = json.dumps(problem_fields(problem, base), ensure_ascii=False, indent=1) + "\n"
    return Response(text, problem.sort.status, content_type="application/problem+json")
