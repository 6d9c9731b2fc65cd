"""Property paths as RDF: from the SPARQL text in results (https://www.w3.org/TR/shacl/#property-paths)."""

import re
from collections.abc import Callable, Iterator

from pipeline.rdf.ntriples import NAMED, Term, Triple

_TOKEN = re.compile(r"<[^<>\s]*>|[()|/^*+?]")
_REPEATED = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


class PathWriter:
    """Writes one path; ``triples`` say what its ``node`` is made of, which is a plain IRI if there are none."""

    def __init__(self, text: str, label: str) -> None:
        self.triples: list[Triple] = []
        self._tokens = _TOKEN.findall(text)
        self._place = 0
        self._numbers = iter(range(1, 1_000_000))
        self._label = label
        self.node = self._alternative()

    def _next_is(self, *signs: str) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place] in signs

    def _take(self) -> str:
        self._place += 1
        return str(self._tokens[self._place - 1])

    def _alternative(self) -> Term:
        members = list(self._separated("|", self._sequence))
        if len(members) == 1:
            return members[0]
        return self._made("alternativePath", self._list(members))

    def _sequence(self) -> Term:
        members = list(self._separated("/", self._element))
        return members[0] if len(members) == 1 else self._list(members)

    def _separated(self, sign: str, read: Callable[[], Term]) -> Iterator[Term]:
        yield read()
        while self._next_is(sign):
            self._take()
            yield read()

    def _element(self) -> Term:
        if self._next_is("^"):
            self._take()
            return self._made("inversePath", self._element())
        node = self._primary()
        while self._next_is(*_REPEATED):
            node = self._made(_REPEATED[self._take()], node)
        return node

    def _primary(self) -> Term:
        token = self._take()
        if token != "(":  # noqa: S105 — a bracket
            return Term(token)
        node = self._alternative()
        self._take()
        return node

    def _made(self, kind: str, value: Term) -> Term:
        node = self._fresh()
        self.triples.append((node, NAMED[f"sh:{kind}"], value))
        return node

    def _list(self, members: list[Term]) -> Term:
        rest = NAMED["rdf:nil"]
        for member in reversed(members):
            node = self._fresh()
            self.triples += [(node, NAMED["rdf:first"], member), (node, NAMED["rdf:rest"], rest)]
            rest = node
        return rest

    def _fresh(self) -> Term:
        return Term(f"_:{self._label}-{next(self._numbers)}")
