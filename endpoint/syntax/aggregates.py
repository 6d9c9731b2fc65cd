"""Aggregates in conditions or in others: the engine takes them and returns nothing right, so they are refused."""

from collections.abc import Sequence

from endpoint.http.problems import Problem
from endpoint.syntax.sparql_tokens import Token

AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_CLAUSES = ("FILTER", "BIND")


def refuse_aggregates_in_conditions(parts: Sequence[Token]) -> None:
    """Raise Problem for an aggregate in a FILTER, a BIND or another aggregate, unless a subquery is between them."""
    clauses: list[str] = []
    for number, token in enumerate(parts):
        if token.text == "(":
            clauses.append(_clause(parts, number) or (clauses[-1] if clauses else ""))
            if number and parts[number - 1].is_word(*AGGREGATES):
                if clauses[-1]:
                    raise _misplaced(parts[number - 1], clauses[-1])
                clauses[-1] = parts[number - 1].text.upper()
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
    elif clause in AGGREGATES:
        remedy = f"Compute {name} in a subquery: {{ SELECT ({name}(…) AS ?n) WHERE {{ … }} GROUP BY ?x }}"
    else:
        remedy = f"Write ({name}(…) AS ?name) after SELECT, or in a subquery."
    return Problem("query-not-understood", f"{name} cannot be in {clause}. {remedy}", at=aggregate.start)
