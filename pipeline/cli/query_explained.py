"""Explanations of queries on the command line: the same sentences as the endpoint has, with the line and a caret."""

from collections.abc import Iterator
from contextlib import contextmanager

from endpoint.http.problems import Problem
from endpoint.syntax.explanations import explain_failure, explain_refusal, explain_syntax
from endpoint.syntax.query_checks import Reading, read
from endpoint.syntax.query_places import spot
from endpoint.syntax.sparql_tokens import tokens
from endpoint.syntax.variable_mistakes import refuse_aggregates_in_conditions, refuse_names_in_having
from pipeline.exchange.query_text import QueryText, RefusedQuery
from pipeline.model.errors import UsageError

_OF_THE_ENDPOINT = ("query-too-deep", "query-too-wide")
"""Limits that there are for queries of strangers, and none on the command line."""


@contextmanager
def explained() -> Iterator[None]:
    """Raise UsageError in place of a RefusedQuery, with the same message."""
    try:
        yield
    except RefusedQuery as refusal:
        raise _told(_problem(refusal.query, refusal), refusal.query) from refusal


def refuse_silent_mistakes(query: QueryText) -> None:
    """Raise UsageError for a mistake that the engine answers with no results."""
    try:
        parts = tuple(tokens(query.completed()))
        refuse_aggregates_in_conditions(parts)
        refuse_names_in_having(parts)
    except Problem as problem:
        raise _told(problem, query) from problem


def _told(problem: Problem, query: QueryText) -> UsageError:
    if problem.at is None:
        return UsageError(problem.sentence)
    at = max(problem.at - (len(query.completed()) - len(query.text)), 0)
    place = spot(query.text, at)
    pointed = place.pointed().replace("\n", "\n  ")
    return UsageError(f"{problem.sentence}\nLine {place.line}, column {place.column}:\n  {pointed}")


def _problem(query: QueryText, refusal: RefusedQuery) -> Problem:
    text = query.completed()
    if refusal.is_understood:
        return explain_failure(str(refusal), text)
    try:
        reading = read(text)
    except Problem as problem:
        if problem.name not in _OF_THE_ENDPOINT:
            return explain_refusal(problem, text)
        reading = Reading(query.form, undeclared=query.undeclared)
    return explain_syntax(str(refusal), text, reading)
