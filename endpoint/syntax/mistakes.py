"""Mistakes: what is most often wrong with a query that the engine cannot read, told where it begins."""

from collections.abc import Sequence

from endpoint.syntax.sparql_tokens import Kind, Token, tokens

_CLOSED_BY = {"(": ")", "{": "}", "[": "]"}
_UNBOUND = "The SELECT contains a variable that is unbound"
_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_NAMED = "After SELECT, what is computed stands in brackets and gets a name, as in (COUNT(?x) AS ?count)."
_UNGROUPED = (
    "With GROUP BY or an aggregate, every variable after SELECT stands in GROUP BY as well, "
    "or inside an aggregate, as in (SAMPLE(?x) AS ?one)."
)


def mistake(query: str, message: str) -> tuple[str, int | None] | None:
    """Return a sentence about the mistake in a query and its place, None where it is none of the usual ones.

    The place is None where the engine's, whose message is given, is the right one.
    """
    parts = tuple(tokens(query))
    found = _unclosed(parts) or _without_name(parts)
    if found is None and _UNBOUND in message:
        return _UNGROUPED, None
    return found


def _unclosed(parts: Sequence[Token]) -> tuple[str, int] | None:
    """Return what is said of the first string or bracket that is opened and not closed, or closed and not opened."""
    opened: list[Token] = []
    for token in parts:
        if token.kind is Kind.UNCLOSED:
            return "The string that begins here is not closed.", token.start
        if token.text in _CLOSED_BY:
            opened.append(token)
        elif token.text in _CLOSED_BY.values():
            if not opened:
                return f"The {token.text} here closes nothing.", token.start
            last = opened.pop()
            if _CLOSED_BY[last.text] != token.text:
                return f"The {last.text} here is not closed before the next {token.text}", last.start
    return (f"The {opened[-1].text} here is not closed.", opened[-1].start) if opened else None


def _without_name(parts: Sequence[Token]) -> tuple[str, int] | None:
    """Return what is said of the first expression after a SELECT that has no brackets or no name."""
    inside, depth = False, 0
    for number, token in enumerate(parts):
        if token.is_word("SELECT"):
            inside, depth = True, 0
        elif token.text == "{" or token.is_word("WHERE", "FROM"):
            inside = False
        elif not inside:
            continue
        elif depth == 0 and token.is_word(*_AGGREGATES):
            return _NAMED, token.start
        elif token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0 and not parts[number - 2].is_word("AS"):
                return _NAMED, token.start
    return None
