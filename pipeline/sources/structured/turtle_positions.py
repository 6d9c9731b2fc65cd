"""Where Turtle and its kin state each triple, found by their tokens; nesting that does harm is refused."""

import re
from typing import NamedTuple
from urllib.parse import urljoin

from pipeline.model.errors import SourceError
from pipeline.rdf.vocabulary import RDF
from pipeline.sources.structured.positions import NOWHERE, Offsets

DEEPEST = 100
_DEEPEST_TERM = 10
_TOKEN = re.compile(
    rb"(?:[^\s<>\"'()\[\]{};,#\\]++|\\.)++|<<|<[^<>\s]*+>|[\[\](){};,]|>>"
    rb'|(?:"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""|"[^"\\\n\r]*+(?:\\.[^"\\\n\r]*+)*+"'
    rb"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''|'[^'\\\n\r]*+(?:\\.[^'\\\n\r]*+)*+')"
    rb"(?:\s*+(?:@[A-Za-z0-9-]++|\^\^\s*+(?:<[^<>\s]*+>|[^\s<>\"'()\[\]{};,#\\]++)))?+"
    rb"|#[^\n\r]*+|\S",
    re.DOTALL,
)
_DOT, _COMMENT, _QUOTES = ord("."), ord("#"), frozenset(b"\"'")
_SIGNS = frozenset((*(bytes((sign,)) for sign in b"[](){};,."), b"<<", b">>"))
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!.*/\.)")

# What the next token is to be. After an object that is a comma, a semicolon, an end, or a graph in N-Quads.
_SUBJECT, _PREDICATE, _OBJECT, _AFTER, _FIRST_ITEM, _NEXT_ITEM, _PREFIX, _PREFIX_IRI, _BASE, _VERSION = range(
    10
)
_DIRECTIVES = {b"prefix": _PREFIX, b"base": _BASE, b"version": _VERSION, b"graph": _SUBJECT}


class _Open(NamedTuple):
    """What continues after a bracket: its slot, the triple it is part of, its own offset."""

    slot: int
    subject: int
    predicate: int
    after: int
    at: int


def scan_turtle(content: bytes, name: str, base: str) -> Offsets:
    """Return where Turtle, TriG, N-Triples or N-Quads state their triples; raise SourceError for deep nesting."""
    return _Scan(content, name, base).offsets


class _Scan:
    """One pass over a file.

    The offsets are kept in the order in which oxttl, the parser, gives the triples: those that one token of it
    completes come out last first, and a string without a language is complete with the token behind it.
    """

    def __init__(self, content: bytes, name: str, base: str) -> None:
        self.offsets = Offsets()
        self._content, self._name, self._base = content, name, base
        self._prefixes: dict[str, str] = {}
        self._numbers: dict[bytes, int] = {}
        self._first, self._rest = map(self.offsets.number_of, (RDF + "first", RDF + "rest"))
        self._slot, self._subject, self._predicate, self._after = _SUBJECT, NOWHERE, self._first, _AFTER
        self._open: list[_Open] = []
        self._pending = NOWHERE
        self._depth = self._term_depth = 0
        self._scan()

    def _scan(self) -> None:
        for match in _TOKEN.finditer(self._content):
            token = match[0]
            if token[0] == _COMMENT:
                continue
            ends = token[-1] == _DOT and len(token) > 1 and token[-2:] != b"\\."
            if self._open:
                self._take_nested(token, match.start())
            elif len(token) < 3 and token in _SIGNS:
                self._sign(token, match.start())
            else:
                self._word(token[:-1] if ends else token, match.start())
            if ends:
                self._sign(b".", match.end())

    def _take_nested(self, token: bytes, at: int) -> None:
        """Take a token within brackets, and put what it completes into the order of the parser."""
        first = len(self.offsets)
        if self._pending != NOWHERE:
            self.offsets.add(self._subject, self._predicate, self._pending)
            self._pending = NOWHERE
        if self._slot in (_FIRST_ITEM, _NEXT_ITEM) and token != b")":
            self._item(at)
        is_string = token[0] in _QUOTES and self._slot == _OBJECT
        if is_string:
            self._order(first)  # to the parser, a language or type is a token of its own
            first = len(self.offsets)
        if is_string and token[-1] in _QUOTES:
            self._pending, self._slot = at, self._after
        elif token in _SIGNS:
            self._sign(token, at)
        else:
            self._word(token, at)
        self._order(first)

    def _order(self, first: int) -> None:
        if len(self.offsets) - first > 1:
            self.offsets.reverse_from(first)

    def _item(self, at: int) -> None:
        """Begin an item of a list: the node of it follows the last one, or is what the list itself stands for."""
        if self._slot == _NEXT_ITEM:
            self._predicate = self._rest
            self.offsets.add(self._subject, self._predicate, at)
        else:
            opened = self._open[-1]
            if opened.slot == _OBJECT:
                self._subject, self._predicate = opened.subject, opened.predicate
                self.offsets.add(self._subject, self._predicate, opened.at)
        self._subject, self._predicate = at, self._first
        self._slot, self._after = _OBJECT, _NEXT_ITEM

    def _sign(self, token: bytes, at: int) -> None:
        match token:
            case b",":
                self._slot = _OBJECT
            case b";":
                self._slot = _PREDICATE
            case b"." | b"}":
                self._end()
            case b"{":
                self.offsets.is_exact &= self._slot in (_SUBJECT, _PREDICATE)  # else an annotation
                self._end()
            case b"[" | b"(":
                self._nest(1, at)
                self._open.append(_Open(self._slot, self._subject, self._predicate, self._after, at))
                self._subject, self._after = at, _AFTER
                self._slot = _PREDICATE if token == b"[" else _FIRST_ITEM
            case b"]" | b")":
                self._nest(-1, at)
                self._close(at)
            case _:
                self.offsets.is_exact = False
                self._nest_term(1 if token == b"<<" else -1, at)

    def _word(self, token: bytes, at: int) -> None:
        """Take a name, an IRI or a literal."""
        slot = self._slot
        if slot == _OBJECT:
            self.offsets.add(self._subject, self._predicate, at)
            self._slot = self._after
        elif slot == _PREDICATE:
            predicate = self._numbers.get(token)
            self._predicate = self._predicate_of(token) if predicate is None else predicate
            self._slot = _OBJECT
        elif slot == _SUBJECT:
            self._begin(token, at)
        elif slot == _AFTER:
            self.offsets.is_exact &= token[:1] != b"~"
        else:
            self._directive(token)

    def _begin(self, token: bytes, at: int) -> None:
        """Begin a statement: a directive, a subject, or in TriG a graph of that name."""
        directive = _DIRECTIVES.get(token.lower().removeprefix(b"@")) if len(token) < 9 else None
        if directive is not None:
            self._slot = directive
            return
        self._subject, self._slot = at, _PREDICATE
        self.offsets.starts.setdefault(self._iri(token), at)

    def _directive(self, token: bytes) -> None:
        """Take what follows the word of a directive; names are resolved anew behind it."""
        self._numbers.clear()
        if self._slot == _PREFIX:
            self._prefix = token.decode("utf-8", "replace")
            self._slot = _PREFIX_IRI
            return
        if self._slot == _PREFIX_IRI:
            self._prefixes[self._prefix] = self._iri(token)
        elif self._slot == _BASE:
            self._base = self._iri(token)
        self._slot = _SUBJECT

    def _end(self) -> None:
        self._open.clear()
        self._slot, self._after = _SUBJECT, _AFTER

    def _close(self, at: int) -> None:
        """End what is in brackets: it is the object or the subject at the place where it begins."""
        if not self._open:
            self.offsets.is_exact = False
            return
        opened = self._open.pop()
        is_told = self._slot == _NEXT_ITEM
        if is_told:
            self._predicate = self._rest
            self.offsets.add(self._subject, self._predicate, at)
        self._subject, self._predicate, self._after = opened.subject, opened.predicate, opened.after
        if opened.slot == _SUBJECT:
            self._subject, self._slot = opened.at, _PREDICATE
            return
        if not is_told:
            self.offsets.add(self._subject, self._predicate, opened.at)
        self._slot = self._after

    def _predicate_of(self, token: bytes) -> int:
        number = self.offsets.number_of(RDF + "type" if token == b"a" else self._iri(token))
        self._numbers[token] = number
        return number

    def _iri(self, token: bytes) -> str:
        text = token.decode("utf-8", "replace")
        if text.startswith("<"):
            return text[1:-1] if _ABSOLUTE.match(text, 1) else urljoin(self._base, text[1:-1]) or self._base
        prefix, colon, local = text.partition(":")
        if prefix == "_":
            return text
        return self._prefixes.get(prefix + colon, "") + local.replace("\\", "")

    def _nest(self, step: int, at: int) -> None:
        self._depth += step
        if self._depth > DEEPEST:
            advice = "Give the inner things IRIs of their own."
            self._refuse(at, f"brackets are nested deeper than {DEEPEST} levels. {advice}")

    def _nest_term(self, step: int, at: int) -> None:
        self._term_depth += step
        if self._term_depth > _DEEPEST_TERM:
            advice = "Practices need none at all."
            self._refuse(at, f"triple terms are nested deeper than {_DEEPEST_TERM} levels. {advice}")

    def _refuse(self, at: int, reason: str) -> None:
        line = self._content.count(b"\n", 0, at) + 1
        raise SourceError(f"{self._name}, line {line}: {reason}")
