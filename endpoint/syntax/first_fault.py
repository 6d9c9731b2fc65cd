"""The first fault: the token at which the engine can read no further."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from pyoxigraph import Store

from endpoint.syntax.sparql_tokens import Token

_END = "\n" + " " * 40 + "\0"
"""What no query can end with. The engine compares keywords ahead, so spaces keep it from reaching this by chance."""

_MOST_TRIED = 8
_AHEAD = 16
"""How many characters after the fault the engine's position may be: its longest keyword, and a little more."""

_PLACE = re.compile(r"error at (\d+):(\d+):")
_BASE = "http://localhost/sparql"


def first_fault(query: str, parts: Sequence[Token]) -> int | None:
    """Return the index of the first token that cannot follow those before it, None where each of them can.

    The engine reports the furthest place that it looked at, which is up to a keyword behind the fault. What is
    before a fault can be read, so a few beginnings of the query are tried. Nothing is evaluated.
    """
    reached = _fault_position(query)
    if reached is None:
        return _open_iri(query, parts)
    fault = 0
    for index, token in enumerate(parts):
        if token.text == "(" and index and _is_glued(parts[index - 1], token):
            # Behind some functions the engine takes no space, which would be added here.
            continue
        is_before = token.start + len(token.text) + _AHEAD < reached
        if token.start > reached or not (is_before or _fault_position(query[: token.start]) is None):
            break
        fault = index
    return fault


def _is_glued(before: Token, token: Token) -> bool:
    return before.start + len(before.text) == token.start


def _open_iri(query: str, parts: Sequence[Token]) -> int | None:
    """Return the index of a < that begins an IRI without an end, which the engine looks for up to the end."""
    marks = (index for index, token in enumerate(parts) if token.text == "<")
    for index in islice(marks, _MOST_TRIED):
        if _fault_position(f"{query[: parts[index].start]}<a>") is None:
            return index
    return None


def _fault_position(beginning: str) -> int | None:
    """Return how far the engine comes in the beginning of a query, None where it can read all of it."""
    text = beginning + _END
    try:
        _store().query(text, base_iri=_BASE)
    except SyntaxError as error:
        reached = place_in(str(error), text) or 0
        return reached if reached <= len(beginning) + _AHEAD else None
    return None


def place_in(message: str, query: str) -> int | None:
    """Return the character of a query that a message of the engine names, None where it names none."""
    place = _PLACE.match(message)
    if place is None:
        return None
    start = 0
    for _ in range(int(place[1]) - 1):
        start = query.find("\n", start) + 1
    return min(start + int(place[2]) - 1, len(query))


@cache
def _store() -> Store:
    return Store()
