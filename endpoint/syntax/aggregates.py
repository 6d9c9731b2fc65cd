"""Aggregates in conditions: the engine takes them and returns nothing, so they are refused before."""

from collections.abc import Sequence

from endpoint.syntax.sparql_problems import Problem
from endpoint.syntax.sparql_tokens import Token

AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_CLAUSES = ("FILTER", "BIND")


def refuse_aggregates_in_conditions(parts: Sequence[Token]) -> None:
    """Raise Problem for an aggregate in a FILTER or a BIND, unless a subquery is between them."""
    clauses: list[str] = []
    for number, token in enumerate(parts):
        if token.text == "(":
            clauses.append(_clause(parts, number) or (clauses[-1] if clauses else ""))
            if clauses[-1] and parts[number - 1].is_word(*AGGREGATES):
                raise _misplaced(parts[number - 1], clauses[-1])
        elif token.text == "{":
            clauses.append("")
        elif token.text in (")", "}") and clauses:
            clauses.pop()


def _clause(parts: Sequence[Token], number: int) -> str:
    """Return the clause whose bracket, or whose first call, is opened by a token."""
    before = parts[max(number - 2, 0) : number]
    return next((token.text.upper() for token in before if token.is_word(*_CLAUSES)), "")


def _misplaced(aggregate: Token, clause: str) -> Problem:
    name = aggregate.text.upper()
    if clause == "FILTER":
        remedy = f"Write HAVING({name}(…) > 5) after GROUP BY."
    else:
        remedy = f"Write ({name}(…) AS ?name) after SELECT, or in a subquery."
    return Problem("query-not-understood", f"{name} cannot be in {clause}. {remedy}", at=aggregate.start)
