"""Surroundings: in which part of a query a token is, and which brackets are open there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from endpoint.syntax.query_form import FORMS
from endpoint.syntax.sparql_tokens import Kind, Token


class Part(StrEnum):
    """A part of a query."""

    START = "start"
    HEAD = "head"
    GROUP = "group"
    TEMPLATE = "template"
    DATA = "data"
    EXPRESSION = "expression"
    TAIL = "tail"


CLOSED_BY = {"(": ")", "{": "}", "[": "]"}
_BEFORE_EXPRESSION = ("FILTER", "BIND", "HAVING", "IN", "IF", "BY", "SELECT", "DISTINCT", "REDUCED", "AS")


@dataclass(slots=True)
class _Level:
    """What is inside one pair of brackets, or the query as a whole."""

    part: Part
    opener: Token | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The part of a query, and the brackets that are open there."""

    part: Part
    opened: tuple[Token, ...]


def surroundings(parts: Sequence[Token]) -> Surroundings:
    """Return where a query is after some tokens."""
    levels = [_Level(Part.START)]
    is_data = False
    before: Token | None = None
    for token in parts:
        level = levels[-1]
        if token.kind == Kind.WORD:
            is_data = token.is_word("VALUES") or (is_data and token.is_word("UNDEF"))
            if token.is_word(*FORMS):
                level.part = Part.HEAD
            elif level.part is Part.HEAD and token.is_word("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"):
                level.part = Part.TAIL
        elif token.kind == Kind.MARK and token.text in CLOSED_BY:
            levels.append(_Level(_part_within(token, before, level, is_data=is_data), token))
        elif token.kind == Kind.MARK and token.text in CLOSED_BY.values():
            if level.opener is None or CLOSED_BY[level.opener.text] != token.text:
                return Surroundings(level.part, _openers(levels))
            levels.pop()
            if token.text == "}" and levels[-1].part is Part.HEAD and level.part is not Part.TEMPLATE:
                levels[-1].part = Part.TAIL
        before = token
    return Surroundings(levels[-1].part, _openers(levels))


def _part_within(opening: Token, before: Token | None, level: _Level, *, is_data: bool) -> Part:
    """Return the part of a query that a bracket begins."""
    if is_data or level.part is Part.DATA:
        return Part.DATA
    if opening.text == "{":
        return Part.TEMPLATE if before is not None and before.is_word("CONSTRUCT") else Part.GROUP
    if opening.text == "[" or before is None:
        return level.part
    is_called = before.kind in (Kind.WORD, Kind.IRI, Kind.NAME) and not before.is_word("WHERE")
    if level.part in (Part.GROUP, Part.TEMPLATE) and not before.is_word(*_BEFORE_EXPRESSION):
        return Part.EXPRESSION if before.kind == Kind.WORD and is_called else level.part
    return Part.EXPRESSION


def _openers(levels: Sequence[_Level]) -> tuple[Token, ...]:
    return tuple(level.opener for level in levels if level.opener is not None)
