"""Patterns: how many triple patterns a query asks the engine's planner to put in order."""

from collections.abc import Iterable

from endpoint.sparql.sparql_tokens import Kind, Token

_TERMS = frozenset({Kind.IRI, Kind.STRING, Kind.VARIABLE, Kind.BLANK, Kind.NAME, Kind.NUMBER})
_TERM_WORDS = ("A", "TRUE", "FALSE")
_BEFORE_EXPRESSION = ("FILTER", "BIND")
_BEFORE_NO_TRIPLES = ("SELECT", "VALUES", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "BY")

# Where in a triple the next term will stand, or that it stands in none: in the expression after a FILTER, or
# in a part of the query that holds no triples.
_SUBJECT, _VERB, _OBJECT, _COMPLETE, _EXPRESSION, _OUTSIDE = range(6)

_OPENING = {"{", "[", "(", "<<", "<<(", "{|"}
_CLOSING = {"}", "]", ")", ">>", ")>>", "|}"}
_NEXT = {".": _SUBJECT, ";": _VERB, ",": _OBJECT}


def count_patterns(query: Iterable[Token]) -> int:
    """Return the number of triple patterns in the groups of a query, without a template and without VALUES.

    It reads as a person skims: property lists, object lists and collections count one pattern for each triple
    that they stand for, a property path counts as one.
    """
    counter = _Counter()
    for token in query:
        counter.take(token)
    return counter.count


class _Counter:
    def __init__(self) -> None:
        self.count = 0
        self._place = _OUTSIDE
        self._outer: list[tuple[str, int]] = []
        self._is_data = False
        self._is_template = False
        self._before: Token | None = None

    def take(self, token: Token) -> None:
        text = token.text
        if token.kind is Kind.MARK and text in _OPENING:
            self._enter(text)
        elif token.kind is Kind.MARK and text in _CLOSING:
            self._leave()
        elif token.kind is Kind.MARK:
            self._punctuate(text)
        elif token.kind is Kind.WORD and not token.is_word(*_TERM_WORDS):
            self._start_over(token)
        elif token.kind in _TERMS or token.kind is Kind.WORD:
            self._term()
        self._before = token

    def _enter(self, mark: str) -> None:
        if mark == "{":
            self._enter_braces()
            return
        self._outer.append((mark, self._place))
        if mark in ("[", "{|") and self._place <= _COMPLETE:
            self._place = _VERB
        elif mark == "(" and self._place in (_SUBJECT, _OBJECT):
            # A collection stands for two triples an item, a first and a rest.
            self._place = _COMPLETE
        else:
            self._place = _OUTSIDE

    def _enter_braces(self) -> None:
        is_template = self._before is not None and self._before.is_word("CONSTRUCT")
        has_triples = not (self._is_data or is_template)
        self._outer.append(("{" if has_triples else "{ }", _SUBJECT if self._in_group() else _OUTSIDE))
        self._place = _SUBJECT if has_triples else _OUTSIDE
        self._is_data = False

    def _leave(self) -> None:
        if not self._outer:
            return
        mark, self._place = self._outer.pop()
        if mark == "{|":
            self._place = _COMPLETE
        elif self._place == _EXPRESSION:
            self._place = _SUBJECT
        elif not mark.startswith("{"):
            self._term()

    def _punctuate(self, mark: str) -> None:
        if self._in_list():
            return
        if mark == "." and self._in_group():
            self._place = _SUBJECT
        elif self._place > _COMPLETE:
            return
        elif mark in _NEXT:
            self._place = _NEXT[mark]
        elif mark in ("/", "|") and self._place == _OBJECT:
            self._place = _VERB

    def _start_over(self, word: Token) -> None:
        self._is_data = word.is_word("VALUES")
        if not self._in_group() or (self._place == _EXPRESSION and not word.is_word("EXISTS")):
            return
        if word.is_word(*_BEFORE_EXPRESSION):
            self._place = _EXPRESSION
        elif word.is_word(*_BEFORE_NO_TRIPLES):
            self._place = _OUTSIDE
        else:
            self._place = _SUBJECT

    def _term(self) -> None:
        if self._before is not None and self._before.text == "^^":
            return
        if self._in_list():
            self.count += 2
        elif self._place == _OBJECT:
            self.count += 1
            self._place = _COMPLETE
        elif self._place == _COMPLETE:
            self._place = _VERB
        elif self._place < _OBJECT:
            self._place += 1

    def _in_group(self) -> bool:
        return bool(self._outer) and self._outer[-1][0] == "{"

    def _in_list(self) -> bool:
        return bool(self._outer) and self._outer[-1][0] == "(" and self._place == _COMPLETE
