"""Mistakes with variables and aggregates: what the engine refuses once it has read all of a query, or all of a group.

Aggregates in conditions or in others are refused here: the engine takes them and returns nothing right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from endpoint.http.problems import Problem
from endpoint.syntax.sparql_tokens import Kind, Token

AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_CLAUSES = ("FILTER", "BIND")

_UNGROUPED = "variable that is unbound"
_ALL_GROUPED = "SELECT * is not authorized with GROUP BY"
_OVERRIDDEN = "overrides an existing variable"
_LONGEST_EXPRESSION = 100
_TAIL = ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")

_UNGROUPED_SOMEWHERE = (
    "With GROUP BY or an aggregate, every variable after SELECT is in GROUP BY too, or inside an aggregate. "
    "Write GROUP BY (… AS ?name) to select what you group by."
)


@dataclass(slots=True)
class _Select:
    """A SELECT: the tokens between it and its braces, and the variables of its GROUP BY."""

    head: list[Token] = field(default_factory=list)
    grouped: list[str] = field(default_factory=list)
    having: list[Token] = field(default_factory=list)
    stage: str = "head"

    def take(self, token: Token) -> None:
        """Take a token that belongs to this SELECT and is in none of its braces."""
        if token.is_word("WHERE", "FROM"):
            self.stage = "body"
        elif token.is_word("GROUP"):
            self.stage = "group"
        elif token.is_word(*_TAIL):
            self.stage = "having" if token.is_word("HAVING") else "tail"
        elif self.stage == "having":
            self.having.append(token)
        elif self.stage == "head":
            self.head.append(token)
        elif self.stage == "group" and token.kind == Kind.VARIABLE:
            self.grouped.append(token.text)


def about_refused_variables(message: str, parts: Sequence[Token]) -> tuple[str, int] | None:
    """Return what to say about a query that the engine refuses for its variables, by its message, and the place."""
    if _UNGROUPED in message:
        about = map(_ungrouped_variable, _selects(parts))
    elif _ALL_GROUPED in message:
        about = map(_all_grouped, _selects(parts))
    elif _OVERRIDDEN in message:
        used = {token.text[1:] for before, token in _pairs(parts) if not before.is_word("AS")}
        named = (token for before, token in _pairs(parts) if before.is_word("AS") and token.text[1:] in used)
        about = map(_duplicate_name, named)
    else:
        return None
    mistake = next((mistake for mistake in about if mistake is not None), None)
    if mistake is None and _UNGROUPED in message:
        first = next((token.start for token in parts if token.is_word("SELECT")), 0)
        return _UNGROUPED_SOMEWHERE, first
    return mistake


def refuse_names_in_having(parts: Sequence[Token]) -> None:
    """Raise Problem for a name in HAVING that its SELECT gives: it has no value there, so no group would be left."""
    for select in _selects(parts):
        computed = dict(_computed_names(select.head))
        for token in select.having:
            if token.kind == Kind.VARIABLE and token.text[1:] in computed:
                sentence = (
                    f"HAVING does not know {token.text} yet: SELECT gives it a value after that. "
                    f"Write {computed[token.text[1:]]} in its place."
                )
                raise Problem("query-not-understood", sentence, at=token.start)


def _computed_names(head: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield each name that is given after SELECT, with the expression for it as it could be written."""
    opened: list[int] = []
    for number, token in enumerate(head):
        if token.text == "(":
            opened.append(number)
        elif token.text == ")" and opened:
            opened.pop()
        elif token.is_word("AS") and opened and number + 1 < len(head):
            written = " ".join(each.text for each in head[opened[-1] + 1 : number])
            expression = written.replace("( ", "(").replace(" (", "(").replace(" )", ")")
            yield head[number + 1].text[1:], expression[:_LONGEST_EXPRESSION]


def about_bound_variable(parts: Sequence[Token]) -> tuple[str, int] | None:
    """Return what to say about the last variable that BIND gives a value to, where it is used before that."""
    seen, last = set[str](), None
    for before, token in _pairs(parts):
        if before.is_word("AS"):
            last = token if token.text[1:] in seen else None
        seen.add(token.text[1:])
    return _duplicate_name(last) if last is not None else None


def _duplicate_name(variable: Token) -> tuple[str, int]:
    name = variable.text
    sentence = f"The variable {name} has a value already. Use another variable after AS, such as {name}2"
    return sentence, variable.start


def _ungrouped_variable(select: _Select) -> tuple[str, int] | None:
    """Return what to say about the first variable after SELECT that is neither grouped nor in an aggregate."""
    grouped = {name[1:] for name in select.grouped}
    depth, within = 0, 0
    for before, token in zip([None, *select.head], select.head, strict=False):
        if token.text == "(":
            depth += 1
            if not within and before is not None and before.is_word(*AGGREGATES):
                within = depth
        elif token.text == ")":
            within = 0 if within == depth else within
            depth -= 1
        elif token.kind == Kind.VARIABLE and not within:
            is_new = before is not None and before.is_word("AS")
            if not is_new and token.text[1:] not in grouped:
                return _ungrouped_sentence(token.text, select), token.start
    return None


def _ungrouped_sentence(variable: str, select: _Select) -> str:
    groups = " ".join((*dict.fromkeys(select.grouped), variable))
    return (
        f"The variable {variable} may have many values in one row, since the query groups or counts. "
        f"Write GROUP BY {groups}, or an aggregate such as (SAMPLE({variable}) AS ?one)."
    )


def _all_grouped(select: _Select) -> tuple[str, int] | None:
    star = next((token for token in select.head if token.text == "*"), None)
    if star is None or not select.grouped:
        return None
    return f"* cannot be used with GROUP BY. Write SELECT {' '.join(select.grouped)}", star.start


def _selects(parts: Sequence[Token]) -> Iterator[_Select]:
    """Yield every SELECT of a query, each when it is complete, the inner ones first."""
    open_selects: list[_Select | None] = [None]
    for token in parts:
        current = open_selects[-1]
        if token.is_word("SELECT"):
            open_selects[-1] = _Select()
        elif token.text == "{":
            if current is not None:
                current.stage = "body"
            open_selects.append(None)
        elif token.text == "}":
            if current is not None:
                yield current
            if len(open_selects) > 1:
                open_selects.pop()
        elif current is not None:
            current.take(token)
    yield from (select for select in open_selects if select is not None)


def _pairs(parts: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Yield every variable but a query's first token, with the token before it."""
    return ((before, token) for before, token in pairwise(parts) if token.kind == Kind.VARIABLE)


def refuse_aggregates_in_conditions(parts: Sequence[Token]) -> None:
    """Raise Problem for an aggregate in a FILTER, a BIND or another aggregate, unless a subquery is between them."""
    clauses: list[str] = []
    for number, token in enumerate(parts):
        if token.text == "(":
            clauses.append(_clause(parts, number) or (clauses[-1] if clauses else ""))
            if number and parts[number - 1].is_word(*AGGREGATES):
                if clauses[-1]:
                    raise _misplaced_aggregate(parts[number - 1], clauses[-1])
                clauses[-1] = parts[number - 1].text.upper()
        elif token.text == "{":
            clauses.append("")
        elif token.text in (")", "}") and clauses:
            clauses.pop()


def _clause(parts: Sequence[Token], number: int) -> str:
    """Return the clause whose bracket, or whose first call, is opened by a token."""
    before = parts[max(number - 2, 0) : number]
    return next((token.text.upper() for token in before if token.is_word(*_CLAUSES)), "")


def _misplaced_aggregate(aggregate: Token, clause: str) -> Problem:
    name = aggregate.text.upper()
    if clause == "FILTER":
        remedy = f"Write HAVING({name}(…) > 5) after GROUP BY."
    elif clause in AGGREGATES:
        remedy = f"Compute {name} in a subquery: {{ SELECT ({name}(…) AS ?n) WHERE {{ … }} GROUP BY ?x }}"
    else:
        remedy = f"Write ({name}(…) AS ?name) after SELECT, or in a subquery."
    return Problem("query-not-understood", f"{name} cannot be in {clause}. {remedy}", at=aggregate.start)
