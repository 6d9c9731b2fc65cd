"""Conditions: SPARQL expressions that say of a node whether a shape may fail and whether it may hold.

Both sides of a condition may be true too often and never too seldom: what is only suspected is judged by
pySHACL afterwards. A negation swaps the sides, so that it too errs towards suspicion.
"""

from collections.abc import Iterable
from typing import NamedTuple

TRUE = "true"
FALSE = "false"


class Condition(NamedTuple):
    """``fails`` is true of every node on which a constraint fails, ``holds`` of every one where it holds."""

    fails: str
    holds: str


PASSES = Condition(FALSE, TRUE)
"""The condition of a constraint that can never fail."""

UNKNOWN = Condition(TRUE, TRUE)
"""The condition of a constraint of which nothing is known without pySHACL."""


def exact(fails: str) -> Condition:
    """Return the condition of an expression that never raises an error."""
    return Condition(fails, negation(fails))


def cautious(fails: str) -> Condition:
    """Return the condition of an expression that may raise an error, which then counts for both sides."""
    return Condition(f"COALESCE({fails}, true)", f"COALESCE(!({fails}), true)")


def all_hold(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that fails where any of these fails."""
    known = tuple(conditions)
    return Condition(any_of(one.fails for one in known), all_of(one.holds for one in known))


def any_of(expressions: Iterable[str]) -> str:
    """Return the disjunction of expressions, folded where it is constant."""
    parts = [part for part in dict.fromkeys(expressions) if part != FALSE]
    if TRUE in parts:
        return TRUE
    return _joined(parts, " || ") or FALSE


def all_of(expressions: Iterable[str]) -> str:
    """Return the conjunction of expressions, folded where it is constant."""
    parts = [part for part in dict.fromkeys(expressions) if part != TRUE]
    if FALSE in parts:
        return FALSE
    return _joined(parts, " && ") or TRUE


def _joined(parts: list[str], sign: str) -> str:
    return parts[0] if len(parts) == 1 else sign.join(f"({part})" for part in parts)


def negation(expression: str) -> str:
    """Return the negation of an expression, folded where it is constant."""
    constants = {TRUE: FALSE, FALSE: TRUE}
    return constants.get(expression) or f"!({expression})"


def exists(pattern: str, test: str = TRUE) -> str:
    """Return the expression that a pattern has a solution that passes the test."""
    if test == FALSE:
        return FALSE
    return f"EXISTS {{ {pattern} {'' if test == TRUE else f'FILTER({test}) '}}}"
