"""Explanations: what to say of a query that the engine refuses, and the place where it goes wrong."""

import re

from endpoint.syntax import known_names
from endpoint.syntax.mistakes import mistake
from endpoint.syntax.query_checks import Reading
from endpoint.syntax.sparql_problems import Problem
from pipeline.rdf.sparql_functions import is_about_a_call, refused_call, unknown_call

_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_LONGEST_REASON = 120
_LONGEST_WORD = 40


def explain(message: str, query: str, reading: Reading) -> Problem:
    """Return the problem for a query of which another store says something."""
    if is_about_a_call(message):
        return explain_failure(message, query)
    return explain_syntax(message, query, reading)


def explain_failure(message: str, query: str) -> Problem:
    """Return the problem for a query that the engine understood, but could not answer."""
    call = refused_call(message, query)
    if call is not None:
        return Problem("function-unknown", call.sentence, at=call.start)
    return Problem("query-failed", f"The engine gave up: {message[:_LONGEST_REASON]}")


def explain_syntax(message: str, query: str, reading: Reading) -> Problem:
    """Return the problem for a query that the engine cannot read; its message is used where it is short."""
    place = _PLACE.match(message)
    at = _offset(query, int(place[1]), int(place[2])) if place else None
    if reading.undeclared:
        lines = known_names.undeclared(reading.undeclared)
        sentence = f"Not every prefix is declared. Put before the query: {lines}"
        sentences = (sentence, *known_names.misspelt_prefixes(reading.undeclared))
        return Problem("query-not-understood", " ".join(sentences), at=_first_use(query, reading, at))
    misspelt = known_names.misspelt_word(query)
    if misspelt is not None:
        word, near = misspelt
        sentence = f"SPARQL has no word {word.text[:_LONGEST_WORD]}. Did you mean {near}?"
        return Problem("query-not-understood", sentence, at=word.start)
    call = unknown_call(query)
    if call is not None:
        return Problem("function-unknown", call.sentence, at=call.start)
    usual = mistake(query, message)
    if usual is not None:
        sentence, start = usual
        return Problem("query-not-understood", sentence, at=at if start is None else start)
    reason = place[3] if place else message
    if len(reason) > _LONGEST_REASON or "[" in reason:
        sentence = "The query cannot be read from here on."
    else:
        sentence = f"The query cannot be read from here on; the parser looked for: {reason}."
    return Problem("query-not-understood", sentence, at=at)


def _first_use(query: str, reading: Reading, at: int | None) -> int | None:
    use = re.search(rf"(?<![\w.-]){re.escape(reading.undeclared[0])}:", query)
    return use.start() if use else at


def _offset(query: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = query.find("\n", start) + 1
    return min(start + column - 1, len(query))
