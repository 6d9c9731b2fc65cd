"""Errors over HTTP: a problem as problem+json, as plain text, or on the endpoint's page (RFC 9457)."""

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from endpoint.engine.client import Busy, QuestionFailed, Refused, Stopped
from endpoint.engine.question import Limits
from endpoint.http.negotiation import Offer, choose
from endpoint.monitoring.access_log import request_id
from endpoint.sparql import hints
from endpoint.sparql.checks import Reading
from endpoint.sparql.mistakes import mistake
from endpoint.sparql.sparql_problems import Problem

_PROBLEM = Offer("application/problem+json", "problem")
_OFFERS = (
    _PROBLEM,
    Offer("text/plain", "text"),
    Offer("text/html", "html"),
    Offer("application/json", "problem"),
)
_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_LONGEST_REASON = 120
_LONGEST_LINE = 160
_LONGEST_WORD = 40
_SECONDS_TO_RETRY = "2"

_ADVICE = "Ask for less: bind more of the patterns, add a LIMIT, leave out ORDER BY or DISTINCT."


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a query: line and column, counted from 1, and what stands in that line."""

    line: int
    column: int
    text: str

    def pointed(self) -> str:
        """Return the line with a caret below the column; of a long line only what is near."""
        first = max(self.column - 1 - _LONGEST_LINE // 2, 0)
        shown = self.text[first : first + _LONGEST_LINE].replace("\t", " ")
        return f"{shown}\n{' ' * (self.column - 1 - first)}^"


def spot(query: str, at: int) -> Spot:
    """Return the place of a character of a query."""
    line = query.count("\n", 0, at) + 1
    start = query.rfind("\n", 0, at) + 1
    end = query.find("\n", at)
    return Spot(line, at - start + 1, query[start : end if end >= 0 else None])


def problem_of(failure: QuestionFailed, query: str, reading: Reading, limits: Limits) -> Problem:
    """Return what a failed question is to the client that asked it."""
    if isinstance(failure, Busy):
        return Problem(
            "endpoint-busy",
            f"As many queries as this server runs at once are under way; try again in {_SECONDS_TO_RETRY} s.",
            headers={"Retry-After": _SECONDS_TO_RETRY},
        )
    if isinstance(failure, Refused):
        return _refused(failure, query, reading, limits)
    if isinstance(failure, Stopped) and failure.by_deadline:
        return Problem("query-deadline", f"The query was stopped after {limits.seconds:g} s. {_ADVICE}")
    return _over_memory(limits)


def _over_memory(limits: Limits) -> Problem:
    megabytes = limits.memory // (1024 * 1024)
    return Problem(
        "query-memory",
        f"The query was stopped: it needs more than {megabytes} MB, or is nested too deeply. {_ADVICE}",
    )


def _refused(failure: Refused, query: str, reading: Reading, limits: Limits) -> Problem:
    if failure.kind == "syntax":
        return _syntax(str(failure), query, reading)
    if failure.kind == "memory":
        return _over_memory(limits)
    if failure.kind == "format":
        return Problem("format-not-available", f"{failure} Ask for another format.")
    if failure.kind == "store":
        return Problem("store-unavailable", "The release's store cannot be read; the operator has been told.")
    return Problem("query-failed", f"The engine gave up: {str(failure)[:_LONGEST_REASON]}")


def _syntax(message: str, query: str, reading: Reading) -> Problem:
    """Return a syntax error; the engine's list of what it expected is left out where it is long."""
    found = _PLACE.match(message)
    at = _offset(query, int(found[1]), int(found[2])) if found else None
    if reading.undeclared:
        lines = hints.undeclared(reading.undeclared)
        sentence = f"Not every prefix is declared. Put before the query: {lines}"
        sentences = (sentence, *hints.misspelt_prefixes(reading.undeclared))
        return Problem("query-not-understood", " ".join(sentences), at=_first_use(query, reading, at))
    misspelt = hints.misspelt_word(query)
    if misspelt is not None:
        word, near = misspelt
        sentence = f"SPARQL has no word {word.text[:_LONGEST_WORD]}. Did you mean {near}?"
        return Problem("query-not-understood", sentence, at=word.start)
    usual = mistake(query, message)
    if usual is not None:
        sentence, start = usual
        return Problem("query-not-understood", sentence, at=at if start is None else start)
    reason = found[3] if found else message
    if len(reason) > _LONGEST_REASON or "[" in reason:
        sentence = "The query cannot be read from here on."
    else:
        sentence = f"The query cannot be read from here on; the parser looked for: {reason}."
    return Problem("query-not-understood", sentence, at=at)


def _first_use(query: str, reading: Reading, at: int | None) -> int | None:
    found = re.search(rf"(?<![\w.-]){re.escape(reading.undeclared[0])}:", query)
    return found.start() if found else at


def _offset(query: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = query.find("\n", start) + 1
    return min(start + column - 1, len(query))


def problem_fields(problem: Problem, base: str, query: str | None) -> dict[str, Any]:
    """Return a problem as the members of its JSON object; its type is an anchor on the endpoint's page."""
    fields: dict[str, Any] = {
        "type": f"{base}/sparql#{problem.name}",
        "title": problem.sort.title,
        "status": problem.sort.status,
        "detail": problem.sentence,
    }
    if problem.at is not None and query is not None:
        place = spot(query, problem.at)
        fields |= {"line": place.line, "column": place.column}
    if request_id():
        fields["request_id"] = request_id()
    return fields


def wants_page() -> bool:
    """Tell whether the client of this request would rather read an error as a page than as anything else."""
    offer = choose(request.headers.get("Accept"), _OFFERS)
    return offer is not None and offer.format == "html"


def error_response(problem: Problem, base: str, query: str | None) -> Response:
    """Return a problem as plain text where the client asks for text, else as problem+json."""
    offer = choose(request.headers.get("Accept"), _OFFERS) or _PROBLEM
    fields = problem_fields(problem, base, query)
    if offer.format == "problem":
        text = json.dumps(fields, ensure_ascii=False, indent=1) + "\n"
        return Response(text, problem.sort.status, content_type=_PROBLEM.media_type)
    text = f"{problem.sort.status} {problem.sort.title}\n{problem.sentence}\n"
    if "line" in fields and query is not None and problem.at is not None:
        place = spot(query, problem.at)
        text += f"\nLine {place.line}, column {place.column}:\n{place.pointed()}\n"
    if request_id():
        text += f"\nRequest {request_id()}\n"
    return Response(text, problem.sort.status, content_type="text/plain; charset=utf-8")
