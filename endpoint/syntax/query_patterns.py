"""Patterns: what a query asks for, triple by triple, read from its tokens so that an empty answer can be explained.

It is read of queries that the engine has understood. Where something else comes, the reading ends there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Literal
from urllib.parse import urljoin

from endpoint.syntax.sparql_tokens import Kind, Token, tokens
from pipeline.rdf.vocabulary import RDF, XSD

RDF_TYPE = RDF + "type"

_MOST_TOKENS = 5000
_OPTIONAL = ("OPTIONAL", "MINUS", "EXISTS")
_ESCAPE = re.compile(r"\\([tbnrf\"'\\])")
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_WHOLE = re.compile(r"[0-9]+")
_REPEATS = {"*": True, "?": True, "+": False}
"""Signs after a step of a path → whether the step may then be left out."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a query: a variable (its name), an IRI, a literal or a blank node, as written and where."""

    sort: Literal["variable", "iri", "literal", "blank"]
    value: str
    written: str = ""
    at: int = 0
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern; ``verbs`` are the properties of which one must hold, none if that is unknown."""

    subject: Term
    verbs: tuple[Term, ...]
    object: Term
    graph: Term | None = None


@dataclass(slots=True)
class Sketch:
    """What a query asks for: patterns that must match, filters as tokens, and where variables get values.

    ``optional`` are patterns that need not match, ``graphs`` what FROM and GRAPH name, ``values`` the terms of VALUES
    and DESCRIBE, ``data`` the variables of VALUES, ``named`` those that get a value after all groups are read.
    ``expressions`` are what AS gives variables as values, ``optional_filters`` those beside optional patterns.
    ``is_whole`` says whether all of the query was read.
    """

    patterns: list[Pattern] = field(default_factory=list)
    optional: list[Pattern] = field(default_factory=list)
    filters: list[tuple[Token, ...]] = field(default_factory=list)
    optional_filters: list[tuple[Token, ...]] = field(default_factory=list)
    expressions: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    graphs: list[Term] = field(default_factory=list)
    values: list[Term] = field(default_factory=list)
    data: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    used: dict[str, Token] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str = ""
    is_whole: bool = False


class _End(Exception):
    """The tokens end here, or are not what they were expected to be."""


def sketch(query: str, base: str = "") -> Sketch:
    """Return what a query asks for."""
    parts = tuple(islice(tokens(query), _MOST_TOKENS))
    result = Sketch(base=base)
    reader = _Reader(parts, result)
    with suppress(_End, RecursionError):
        reader.read()
    result.is_whole = len(parts) < _MOST_TOKENS and reader.is_at_end()
    return result


def term_of(parts: Sequence[Token], prefixes: Mapping[str, str], base: str) -> tuple[Term, int] | None:
    """Return the term at the beginning of some tokens and how many they are; None if there is no term."""
    if not parts:
        return None
    first, text = parts[0], parts[0].text
    if first.kind == Kind.VARIABLE:
        return Term("variable", text[1:], text, first.start), 1
    if first.kind == Kind.BLANK:
        return Term("blank", text, text, first.start), 1
    if first.kind in (Kind.IRI, Kind.NAME) or first.is_word("A"):
        return Term("iri", _iri(first, prefixes, base), text, first.start), 1
    return _literal(parts, prefixes, base)


def _iri(token: Token, prefixes: Mapping[str, str], base: str) -> str:
    if token.kind == Kind.WORD:
        return RDF_TYPE
    if token.kind == Kind.NAME:
        prefix, _, local = token.text.partition(":")
        return prefixes.get(prefix, "") + local.replace("\\", "")
    written = token.text[1:-1]
    return written if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", written) else urljoin(base, written)


def _literal(parts: Sequence[Token], prefixes: Mapping[str, str], base: str) -> tuple[Term, int] | None:
    first = parts[0]
    if first.text in ("+", "-") and len(parts) > 1 and parts[1].kind == Kind.NUMBER:
        number = _number(parts[1], "-" if first.text == "-" else "")
        return number, 2
    if first.kind == Kind.NUMBER:
        return _number(first, ""), 1
    if first.is_word("TRUE", "FALSE"):
        return Term("literal", first.text.lower(), first.text, first.start, datatype=XSD + "boolean"), 1
    if first.kind != Kind.STRING:
        return None
    quotes = 3 if first.text[:3] in ('"""', "'''") else 1
    text = _ESCAPE.sub(lambda match: _CONTROL.get(match[1], match[1]), first.text[quotes:-quotes])
    if len(parts) > 1 and parts[1].kind == Kind.LANGUAGE:
        tag = parts[1].text
        return Term("literal", text, first.text + tag, first.start, language=tag[1:]), 2
    if len(parts) > 2 and parts[1].text == "^^":
        datatype = _iri(parts[2], prefixes, base)
        return Term("literal", text, f"{first.text}^^{parts[2].text}", first.start, datatype=datatype), 3
    return Term("literal", text, first.text, first.start, datatype=XSD + "string"), 1


def _number(token: Token, sign: str) -> Term:
    name = "integer" if _WHOLE.fullmatch(token.text) else "double" if "e" in token.text.lower() else "decimal"
    return Term("literal", sign + token.text, sign + token.text, token.start, datatype=XSD + name)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a path: the properties that one of its triples may have, the direction, or unknown ones."""

    verbs: tuple[Term, ...] = ()
    inverse: bool = False
    skippable: bool = False


class _Reader:
    def __init__(self, parts: Sequence[Token], target: Sketch) -> None:
        self._parts = parts
        self._sketch = target
        self._place = 0
        self._fresh = count()
        self._optional = 0
        self._graph: Term | None = None

    def read(self) -> None:
        """Read the prologue, the head of the query, its groups and what comes after them."""
        while True:
            token = self._next()
            if token.is_word("PREFIX"):
                name, iri = self._next(), self._next()
                self._sketch.prefixes[name.text[:-1]] = iri.text[1:-1]
            elif token.is_word("BASE"):
                self._sketch.base = self._next().text[1:-1]
            elif token.is_word("CONSTRUCT") and self._peek() == "{":
                self._skip()
            elif token.is_word("FROM"):
                self._named_graph()
            elif token.is_word("VALUES"):
                self._data()
            elif token.text == "{":
                self._group()
            elif token.text == "(" or token.kind == Kind.VARIABLE:
                self._head(token, self._sketch.named)
            elif token.kind in (Kind.IRI, Kind.NAME):
                self._place -= 1
                self._sketch.values.append(self._term())

    def is_at_end(self) -> bool:
        """Return whether there is nothing left to read."""
        return self._place >= len(self._parts)

    # Tokens

    def _peek(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._parts[place].text if place < len(self._parts) else ""

    def _token(self) -> Token:
        if self._place >= len(self._parts):
            raise _End
        return self._parts[self._place]

    def _next(self) -> Token:
        token = self._token()
        self._place += 1
        return token

    def _take(self, *texts: str) -> bool:
        if self._peek() in texts:
            self._place += 1
            return True
        return False

    def _skip(self) -> tuple[Token, ...]:
        """Pass over what is in the brackets that open next, and return it."""
        begin, depth = self._place, 0
        while True:
            text = self._next().text
            depth += (text in ("{", "(", "[")) - (text in ("}", ")", "]"))
            if depth == 0:
                return tuple(self._parts[begin : self._place])

    # Parts of a query

    def _head(self, token: Token, names: set[str]) -> None:
        """Read a variable or an expression outside of groups: it uses variables and may give one a value."""
        if token.kind == Kind.VARIABLE:
            self._sketch.used.setdefault(token.text[1:], token)
            return
        self._place -= 1
        self._expression(self._skip(), names)

    def _expression(self, inside: Sequence[Token], names: set[str]) -> None:
        for place, token in enumerate(inside):
            if token.kind == Kind.VARIABLE and place and inside[place - 1].is_word("AS"):
                names.add(token.text[1:])
                self._sketch.expressions[token.text[1:]] = tuple(inside[1 : place - 1])
            elif token.kind == Kind.VARIABLE:
                self._sketch.used.setdefault(token.text[1:], token)

    def _named_graph(self) -> None:
        if self._peek().upper() == "NAMED":
            self._next()
        self._sketch.graphs.append(self._term())

    def _data(self) -> None:
        """Read VALUES: its variables have values, and what terms they are."""
        heads = self._skip() if self._peek() == "(" else (self._next(),)
        self._sketch.data.update(token.text[1:] for token in heads if token.kind == Kind.VARIABLE)
        self._sketch.bound |= self._sketch.data
        inside, place = self._skip(), 1
        while place < len(inside):
            parsed = term_of(inside[place:], self._sketch.prefixes, self._sketch.base)
            if parsed is not None:
                self._sketch.values.append(parsed[0])
            place += parsed[1] if parsed else 1

    def _group(self) -> None:
        """Read a group whose bracket was taken."""
        while not self._take("}"):
            token = self._token()
            if token.kind == Kind.WORD and not token.is_word("A", "TRUE", "FALSE"):
                self._next()
                self._clause(token)
            elif token.text == "{":
                self._next()
                self._group()
            elif not self._take(".", ";"):
                self._triples()

    def _clause(self, word: Token) -> None:
        if word.is_word("GRAPH"):
            self._in_graph()
        elif word.is_word(*_OPTIONAL):
            self._optional += 1
            self._next()
            self._group()
            self._optional -= 1
        elif word.is_word("FILTER"):
            self._filter()
        elif word.is_word("BIND"):
            self._expression(self._skip(), self._sketch.bound)
        elif word.is_word("VALUES"):
            self._data()
        elif word.is_word("LIMIT", "OFFSET"):
            self._next()
        elif word.is_word("SELECT", "GROUP", "ORDER", "HAVING"):
            while self._peek() not in ("{", "}"):
                token = self._next()
                if token.text == "(" or token.kind == Kind.VARIABLE:
                    self._head(token, self._sketch.bound)

    def _in_graph(self) -> None:
        term = self._term()
        if term.sort == "iri":
            self._sketch.graphs.append(term)
        outer, self._graph = self._graph, term
        self._next()
        self._group()
        self._graph = outer

    def _filter(self) -> None:
        """Read a condition: what is in brackets, the call of a function, or EXISTS with a group."""
        begin = self._place
        while self._peek() not in ("(", "{"):
            self._next()
        if self._peek() == "{":
            is_needed = not any(token.is_word("NOT") for token in self._parts[begin : self._place])
            self._next()
            self._optional += not is_needed
            self._group()
            self._optional -= not is_needed
            return
        self._skip()
        inside = self._parts[begin : self._place]
        if any(token.text == "{" for token in inside):
            return
        self._expression(inside, self._sketch.bound)
        filters = self._sketch.optional_filters if self._optional else self._sketch.filters
        filters.append(tuple(inside))

    # Triples

    def _term(self) -> Term:
        parsed = term_of(self._parts[self._place : self._place + 3], self._sketch.prefixes, self._sketch.base)
        if parsed is None:
            raise _End
        self._place += parsed[1]
        if parsed[0].sort == "variable":
            self._sketch.bound.add(parsed[0].value)
        return parsed[0]

    def _blank(self) -> Term:
        return Term("blank", f"[] {next(self._fresh)}")

    def _node(self) -> Term:
        """Read a term, or the brackets that stand for a node."""
        if self._take("["):
            node = self._blank()
            if not self._take("]"):
                self._properties(node)
                if not self._take("]"):
                    raise _End
            return node
        if self._take("("):
            while not self._take(")"):
                self._node()
            return self._blank()
        return self._term()

    def _triples(self) -> None:
        is_node = self._peek() == "["
        subject = self._node()
        if is_node and self._peek() in (".", "}"):
            return
        self._properties(subject)

    def _properties(self, subject: Term) -> None:
        while True:
            steps = self._verb()
            while True:
                self._add(subject, steps, self._node())
                if not self._take(","):
                    break
            if not self._take(";"):
                return
            while self._take(";"):
                pass
            if self._peek() in (".", "}", "]", ""):
                return

    def _add(self, subject: Term, steps: Sequence[_Step], value: Term) -> None:
        """Add the patterns of a path, with a node of its own between two steps."""
        into = self._sketch.optional if self._optional else self._sketch.patterns
        for number, step in enumerate(steps):
            target = value if number == len(steps) - 1 else self._blank()
            begin, end = (target, subject) if step.inverse else (subject, target)
            verbs = () if step.skippable else step.verbs
            into.append(Pattern(begin, verbs, end, self._graph))
            subject = target

    def _verb(self) -> Sequence[_Step]:
        if self._token().kind == Kind.VARIABLE:
            self._term()
            return (_Step(),)
        return self._path()

    def _path(self) -> Sequence[_Step]:
        """Read a path: sequences of steps, of which alternatives are one step where they are simple."""
        arms = [self._sequence()]
        while self._take("|"):
            arms.append(self._sequence())
        if len(arms) == 1:
            return arms[0]
        simple = all(len(arm) == 1 and not arm[0].skippable and not arm[0].inverse for arm in arms)
        return (_Step(tuple(verb for arm in arms for verb in arm[0].verbs)),) if simple else (_Step(),)

    def _sequence(self) -> Sequence[_Step]:
        steps = [*self._step()]
        while self._take("/"):
            steps += self._step()
        return steps

    def _step(self) -> Iterator[_Step]:
        inverse = self._take("^")
        if self._take("!"):
            if self._peek() == "(":
                self._skip()
            else:
                self._take("^")
                self._next()
            steps: Sequence[_Step] = (_Step(),)
        elif self._take("("):
            steps = self._path()
            if not self._take(")"):
                raise _End
        else:
            steps = (_Step((self._term(),)),)
        repeat = self._peek() if self._peek() in _REPEATS else ""
        if repeat:
            self._next()
        if len(steps) > 1 and (inverse or repeat):
            return iter((_Step(),))
        return (
            _Step(step.verbs, step.inverse != inverse, step.skippable or _REPEATS.get(repeat, False))
            for step in steps
        )
