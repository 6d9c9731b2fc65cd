"""Constraints on all values of a node at once: counts, pairs, languages, qualified shapes."""

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from pipeline.gate.conditions import (
    FALSE,
    PASSES,
    TRUE,
    UNKNOWN,
    Condition,
    all_hold,
    all_of,
    any_of,
    exact,
    exists,
    negation,
    path_test,
)
from pipeline.gate.constraints import pairwise, same_term
from pipeline.gate.shapes_index import Node

MOST_NESTED = 3
"""How many values one expression compares; larger numbers are counted by a separate query."""

Test = Callable[[str], str]


def _any(_: str) -> str:
    return TRUE


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a focus node: those at the end of a path, or without one the node itself."""

    focus: str
    path: str | None
    fresh: Callable[[], str]

    def some(self, test: Test) -> str:
        """Return the expression that some value passes a test."""
        if self.path is None:
            return test(self.focus)
        value = self.fresh()
        return path_test(self.focus, self.path, value, test(value))

    def include(self, term: str) -> str:
        """Return the expression that a term is among the values."""
        if self.path is None:
            return f"sameTerm({self.focus}, {term})"
        return exists(f"{self.focus} {self.path} {term}")

    def at_least(self, number: int, test: Test = _any) -> str:
        """Return the expression that a number of different values pass a test."""
        return self._another(number, test, ())

    def _another(self, number: int, test: Test, others: tuple[str, ...]) -> str:
        def fits(value: str) -> str:
            different = [f"!sameTerm({value}, {other})" for other in others]
            further = self._another(number - 1, test, (*others, value)) if number > 1 else TRUE
            return all_of([*different, test(value), further])

        return self.some(fits)


def min_count(values: Values, number: int, surely: Test = _any, perhaps: Test = _any) -> Condition:
    """Return the condition of sh:minCount, and of sh:qualifiedMinCount with tests that a value counts."""
    if number == 0:
        return PASSES
    fails = negation(values.at_least(number, surely)) if number <= MOST_NESTED else TRUE
    return Condition(fails, values.at_least(min(number, MOST_NESTED), perhaps))


def max_count(values: Values, number: int, surely: Test = _any, perhaps: Test = _any) -> Condition:
    """Return the condition of sh:maxCount, and of sh:qualifiedMaxCount with tests that a value counts."""
    fails = values.at_least(min(number + 1, MOST_NESTED), perhaps)
    breaks = values.at_least(number + 1, surely) if number < MOST_NESTED else FALSE
    return Condition(fails, negation(breaks))


def unique_languages(values: Values) -> Condition:
    """Return the condition of sh:uniqueLang."""

    def twin(value: str) -> str:
        def matches(other: str) -> str:
            same = f"LCASE(LANG({value})) = LCASE(LANG({other}))"
            return f'!sameTerm({value}, {other}) && LANG({value}) != "" && {same}'

        return values.some(matches)

    return exact(values.some(twin))


def has_values(values: Values, terms: list[Node]) -> Condition:
    """Return the condition of sh:hasValue, which asks for every one of the terms."""
    return all_hold(
        UNKNOWN if same_term("?x", term) is None else exact(negation(values.include(str(term))))
        for term in terms
    )


def equal(values: Values, predicate: NamedNode) -> Condition:
    """Return the condition of sh:equals."""
    other = values.fresh()
    missing = values.some(lambda value: negation(exists(f"{values.focus} {predicate} {value}")))
    added = exists(f"{values.focus} {predicate} {other}", negation(values.include(other)))
    return exact(any_of([missing, added]))


def disjoint(values: Values, predicate: NamedNode) -> Condition:
    """Return the condition of sh:disjoint."""
    return exact(values.some(lambda value: exists(f"{values.focus} {predicate} {value}")))


def less(values: Values, predicate: NamedNode, sign: str) -> Condition:
    """Return the condition of sh:lessThan (sign ``<``) or sh:lessThanOrEquals (``<=``)."""
    other = values.fresh()
    reach = f"{values.focus} {predicate} {other}"
    fails = values.some(lambda value: exists(reach, pairwise(value, other, sign).fails))
    breaks = values.some(lambda value: exists(reach, negation(pairwise(value, other, sign).holds)))
    return Condition(fails, negation(breaks))


def one_of(conditions: list[Condition]) -> Condition:
    """Return the condition of sh:or."""
    return Condition(all_of(one.fails for one in conditions), any_of(one.holds for one in conditions))


def exactly_one_of(conditions: list[Condition]) -> Condition:
    """Return the condition of sh:xone."""
    surely = any_of(
        all_of([negation(one.fails), *(negation(other.holds) for other in conditions if other is not one)])
        for one in conditions
    )
    perhaps = any_of(
        all_of([one.holds, *(other.fails for other in conditions if other is not one)]) for one in conditions
    )
    return Condition(negation(surely), perhaps)


def negate(condition: Condition) -> Condition:
    """Return the condition of sh:not."""
    return Condition(condition.holds, condition.fails)
