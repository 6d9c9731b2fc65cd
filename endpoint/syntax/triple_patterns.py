"""Width: how many triple patterns a query asks the engine's planner to put in order, and how many operators."""

from collections.abc import Iterable
from dataclasses import dataclass

from endpoint.syntax.sparql_tokens import Kind, Token

_TERMS = frozenset({Kind.IRI, Kind.STRING, Kind.VARIABLE, Kind.BLANK, Kind.NAME, Kind.NUMBER})
_TERM_WORDS = ("A", "TRUE", "FALSE")
_BEFORE_EXPRESSION = ("FILTER", "BIND")
_OPERATORS = frozenset({"||", "&&", "!", "+", "-", "*", "/", "|", "^"})
_OPERATOR_WORDS = ("UNION", "OPTIONAL", "MINUS", "FILTER", "BIND")
_BEFORE_NO_TRIPLES = ("SELECT", "VALUES", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "BY")

MOST_PATTERNS_OF_A_TOKEN = 2
"""An item of a collection stands for two patterns, any other token for one or none."""

# Where in a triple the next term is, or that it is in none: inside the brackets of a property path, in the
# expression after a FILTER, in a template or in data, or in another part of the query that has no triples.
_SUBJECT, _VERB, _OBJECT, _COMPLETE, _PATH, _EXPRESSION, _DATA, _OUTSIDE = range(8)

_OPENING = {"{", "[", "(", "<<", "<<(", "{|"}
_CLOSING = {"}", "]", ")", ">>", ")>>", "|}"}
_NEXT = {".": _SUBJECT, ";": _VERB, ",": _OBJECT}


@dataclass(frozen=True, slots=True)
class Width:
    """The triple patterns of the widest group of a query, and the operators of the whole query."""

    patterns: int
    operators: int


def measure(query: Iterable[Token]) -> Width:
    """Return the width of a query, without templates and without the data of VALUES.

    Property lists, object lists and collections count one pattern for each triple that they stand for, a property
    path one for each step. A group includes the groups inside it, but the engine plans each arm of a UNION by itself:
    every arm is a group of its own, and the UNION counts as one pattern of the group around it.
    """
    counter = _Counter()
    for token in query:
        counter.take(token)
    return counter.width()


class _Counter:
    def __init__(self) -> None:
        self._count = 0
        self._widest = 0
        self._operators = 0
        self._place = _OUTSIDE
        self._outer: list[tuple[str, int, int]] = []
        self._closed: int | None = None
        self._is_data = False
        self._before: Token | None = None

    def width(self) -> Width:
        """Return the width of what was taken."""
        self._add_closed_group()
        open_groups = [count for _, _, count in self._outer]
        return Width(max(self._widest, self._count, *open_groups), self._operators)

    def take(self, token: Token) -> None:
        """Take the next token."""
        kind, text, _ = token
        if self._closed is not None:
            self._add_closed_group(is_arm=token.is_word("UNION"))
        if kind == Kind.MARK:
            self._mark(text)
        elif kind == Kind.WORD:
            self._word(text.upper())
        elif kind in _TERMS:
            self._term()
        self._before = token

    def _mark(self, text: str) -> None:
        if text in _OPERATORS:
            self._operators += not (self._place == _DATA or self._is_sign(text))
        if text in _OPENING:
            self._enter(text)
        elif text in _CLOSING:
            self._leave()
        else:
            self._punctuate(text)

    def _word(self, word: str) -> None:
        if word in _TERM_WORDS:
            self._term()
            return
        self._operators += word in _OPERATOR_WORDS and self._place != _DATA
        self._start_over(word)

    def _add_closed_group(self, *, is_arm: bool = False) -> None:
        """Add the group that has ended to the group around it; an arm of a UNION counts as one pattern there."""
        closed = self._closed or 0
        self._count += min(closed, 1) if is_arm else closed
        self._closed = None

    def _enter(self, mark: str) -> None:
        if mark == "{":
            self._enter_braces()
            return
        self._outer.append((mark, self._place, 0))
        if mark in ("[", "{|") and self._place <= _COMPLETE:
            self._place = _VERB
        elif mark == "(" and self._place in (_SUBJECT, _OBJECT):
            # A collection stands for two triples an item, a first and a rest.
            self._place = _COMPLETE
        elif mark == "(" and self._place in (_VERB, _PATH):
            self._place = _PATH
        elif self._place != _DATA:
            self._place = _OUTSIDE

    def _enter_braces(self) -> None:
        is_template = self._before is not None and self._before.is_word("CONSTRUCT")
        has_triples = not (self._is_data or is_template)
        mark = "{" if has_triples else "{ }"
        if self._before is not None and self._before.is_word("UNION"):
            mark = "UNION {"
        self._outer.append((mark, _SUBJECT if self._in_group() else _OUTSIDE, self._count))
        self._place = _SUBJECT if has_triples else _DATA
        self._count = 0
        self._is_data = False

    def _leave(self) -> None:
        if not self._outer:
            return
        mark, self._place, outer = self._outer.pop()
        if mark.endswith(("{", "{ }")):
            self._widest = max(self._widest, self._count)
            self._closed = 0 if mark == "UNION {" else self._count
            self._count = outer
        elif mark == "{|":
            self._place = _COMPLETE
        elif self._place != _EXPRESSION:
            self._term()
        if self._place == _EXPRESSION:
            self._place = _SUBJECT

    def _punctuate(self, mark: str) -> None:
        if self._in_list():
            return
        if mark == "." and self._in_group():
            self._place = _SUBJECT
        elif mark == "/" and self._place in (_OBJECT, _PATH):
            self._count += 1
            self._place = _VERB if self._place == _OBJECT else _PATH
        elif self._place > _COMPLETE:
            return
        elif mark in _NEXT:
            self._place = _NEXT[mark]
        elif mark == "|" and self._place == _OBJECT:
            self._place = _VERB

    def _start_over(self, word: str) -> None:
        self._is_data = word == "VALUES"
        if not self._in_group() or (self._place == _EXPRESSION and word != "EXISTS"):
            return
        if word in _BEFORE_EXPRESSION:
            self._place = _EXPRESSION
        elif word in _BEFORE_NO_TRIPLES:
            self._place = _OUTSIDE
        else:
            self._place = _SUBJECT

    def _term(self) -> None:
        if self._before is not None and self._before.text == "^^":
            return
        if self._in_list():
            self._count += 2
        elif self._place == _OBJECT:
            self._count += 1
            self._place = _COMPLETE
        elif self._place == _COMPLETE:
            self._place = _VERB
        elif self._place < _OBJECT:
            self._place += 1

    def _in_group(self) -> bool:
        return bool(self._outer) and self._outer[-1][0] in ("{", "UNION {")

    def _is_sign(self, text: str) -> bool:
        """Return whether a mark is the sign of a number in a list rather than an operator."""
        return text in ("+", "-") and self._before is not None and self._before.text in ("(", ",")

    def _in_list(self) -> bool:
        return bool(self._outer) and self._outer[-1][0] == "(" and self._place == _COMPLETE
