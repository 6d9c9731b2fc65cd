"""Conditions: SPARQL expressions that say whether a node may fail a shape and whether it may conform.

Both sides of a condition may be true too often and never too seldom: what is only suspected is judged by
pySHACL afterwards. A negation swaps the sides, so that it too errs towards suspicion.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple, Self

TRUE = "true"
FALSE = "false"


class Condition(NamedTuple):
    """``fails`` is true of every node on which a constraint fails, ``holds`` of every one where it holds."""

    fails: str
    holds: str


PASSES = Condition(FALSE, TRUE)
"""The condition of a constraint that can never fail."""

UNKNOWN = Condition(TRUE, TRUE)
"""The condition of a constraint that only pySHACL can judge."""


class PathTest(str):
    """The expression that a value at the end of a path passes a test; the value's variable is in no other one."""

    __slots__ = ("reach", "test", "value")
    reach: str
    value: str
    test: str

    def __new__(cls, reach: str, value: str, test: str) -> Self:
        """Return the expression; ``reach`` is focus node and path."""
        made = super().__new__(cls, exists(f"{reach} {value}", test))
        made.reach, made.value, made.test = reach, value, test
        return made

    def test_of(self, value: str) -> str:
        """Return the test with another variable for the value."""
        return re.sub(rf"\{self.value}\b", value, self.test)


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
    parts = _merge_tests(part for part in dict.fromkeys(expressions) if part != FALSE)
    if TRUE in parts:
        return TRUE
    return _join(parts, " || ") or FALSE


def _merge_tests(expressions: Iterable[str]) -> list[str]:
    """Return a disjunction's parts, those on values of one path as one, so that each value is looked up once."""
    by_reach: dict[str, list[PathTest]] = {}
    parts: dict[str, str] = {}
    for part in expressions:
        if isinstance(part, PathTest):
            by_reach.setdefault(part.reach, []).append(part)
            parts[part.reach] = part
        else:
            parts[part] = part
    for reach, (first, *others) in by_reach.items():
        tests = [first.test, *(other.test_of(first.value) for other in others)]
        parts[reach] = PathTest(reach, first.value, any_of(tests))
    return list(parts.values())


def all_of(expressions: Iterable[str]) -> str:
    """Return the conjunction of expressions, folded where it is constant."""
    parts = [part for part in dict.fromkeys(expressions) if part != TRUE]
    if FALSE in parts:
        return FALSE
    return _join(parts, " && ") or TRUE


def _join(parts: list[str], sign: str) -> str:
    return parts[0] if len(parts) == 1 else sign.join(f"({part})" for part in parts)


def negation(expression: str) -> str:
    """Return the negation of an expression, folded where it is constant."""
    constants = {TRUE: FALSE, FALSE: TRUE}
    return constants.get(expression) or f"!({expression})"


def path_test(focus: str, path: str, value: str, test: str) -> str:
    """Return the expression that a value, a variable used nowhere else, at the end of a path passes a test."""
    return FALSE if test == FALSE else PathTest(f"{focus} {path}", value, test)


def exists(pattern: str, test: str = TRUE) -> str:
    """Return the expression that a pattern has a solution that passes the test."""
    if test == FALSE:
        return FALSE
    return f"EXISTS {{ {pattern} {'' if test == TRUE else f'FILTER({test}) '}}}"
