"""Errors over HTTP: a problem as problem+json, as plain text, or on the endpoint's page (RFC 9457)."""

import json

from flask import Response, request

from endpoint.engine.client import Busy, QueryInterrupted, QueryRefused, QueryStopped, QuestionFailed
from endpoint.engine.question import ADVICE, QueryLimits
from endpoint.http.negotiation import Offer, choose
from endpoint.http.problems import Problem, sorts_on
from endpoint.monitoring.access_log import request_id
from endpoint.syntax.query_places import spot

_PROBLEM = Offer("application/problem+json", "problem")
_OFFERS = (
    _PROBLEM,
    Offer("text/plain", "text"),
    Offer("text/html", "html"),
    Offer("application/json", "problem"),
)
_SECONDS_TO_RETRY = "2"

OUTCOMES = ("answered", "not-modified", "abandoned", *sorts_on("sparql/errors"))
"""The ways in which a request with a query can end, as they are counted."""


def problem_of(failure: QuestionFailed, limits: QueryLimits) -> Problem:
    """Return what a failed question is to the client that asked it."""
    if isinstance(failure, Busy):
        return Problem(
            "endpoint-busy",
            f"As many queries as this server runs at once are under way; try again in {_SECONDS_TO_RETRY} s.",
            headers={"Retry-After": _SECONDS_TO_RETRY},
        )
    if isinstance(failure, QueryInterrupted):
        return Problem(
            "query-interrupted",
            f"The process that ran the query was ended from outside; try again in {_SECONDS_TO_RETRY} s.",
            headers={"Retry-After": _SECONDS_TO_RETRY},
        )
    if isinstance(failure, QueryRefused):
        return failure.problem
    if isinstance(failure, QueryStopped) and failure.by_deadline:
        return Problem("query-deadline", f"The query was stopped after {limits.seconds:g} s. {ADVICE}")
    return limits.over_memory()


def wants_page() -> bool:
    """Return whether the client of this request would rather read an error as a page than as anything else."""
    offer = choose(request.headers.get("Accept"), _OFFERS)
    return offer is not None and offer.format == "html"


def error_response(problem: Problem, base: str, query: str | None) -> Response:
    """Return a problem as plain text where the client asks for text, else as problem+json."""
    offer = choose(request.headers.get("Accept"), _OFFERS) or _PROBLEM
    place = spot(query, problem.at) if problem.at is not None and query is not None else None
    if offer.format == "problem":
        line, column = (place.line, place.column) if place else (None, None)
        fields = problem.fields(base, line, column, request_id())
        text = json.dumps(fields, ensure_ascii=False, indent=1) + "\n"
        return Response(text, problem.sort.status, content_type=_PROBLEM.media_type)
    text = problem.heading
    if place:
        text += f"\nLine {place.line}, column {place.column}:\n{place.with_caret()}\n"
    if request_id():
        text += f"\nRequest {request_id()}\n"
    return Response(text, problem.sort.status, content_type="text/plain; charset=utf-8")
