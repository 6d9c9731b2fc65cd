"""Brackets: what to say where a query cannot be read because one is missing or one too many."""

from endpoint.syntax.mistakes import Fault
from endpoint.syntax.surroundings import CLOSED_BY, Surroundings

_GROUP_WORDS = (
    "FILTER",
    "OPTIONAL",
    "BIND",
    "UNION",
    "MINUS",
    "VALUES",
    "GRAPH",
    "WHERE",
    "GROUP",
    "ORDER",
    "LIMIT",
)


def about_brackets(fault: Fault, around: Surroundings) -> tuple[str, int] | None:
    """Return what to say about the brackets around a fault, and the place of the one that is wrong."""
    token = fault.parts[fault.index] if fault.index < len(fault.parts) else None
    last = around.opened[-1] if around.opened else None
    if token is None:
        if last is None:
            return None
        return f"The {last.text} here is never closed. Add {CLOSED_BY[last.text]} at the end.", last.start
    if token.text in CLOSED_BY.values():
        if all(CLOSED_BY[opened.text] != token.text for opened in around.opened):
            return f"The {token.text} here closes nothing. Delete it.", token.start
        if last is not None and CLOSED_BY[last.text] != token.text:
            closing = CLOSED_BY[last.text]
            sentence = f"The {last.text} here is not closed before the next {token.text} Add {closing} there."
            return sentence, last.start
    is_inner = len(around.opened) > 1 and around.opened[-2].text == "("
    is_outside = token.is_word(*_GROUP_WORDS) or (is_inner and token.is_word("AS"))
    if last is not None and last.text == "(" and is_outside:
        return f"The ( here is not closed before {token.text.upper()}. Add ) there.", last.start
    return None
