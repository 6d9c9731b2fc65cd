"""Checks: what is refused before a query is evaluated, and what its tokens say of it.

They are linear in the query, but of the longest one they take seconds: a query child does them, not a web process.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Self

from endpoint.http.problems import Problem
from endpoint.syntax.query_form import form_of
from endpoint.syntax.sparql_tokens import Kind, Token, tokens
from endpoint.syntax.triple_patterns import MOST_PATTERNS_OF_A_TOKEN, measure
from endpoint.syntax.variable_mistakes import (
    AGGREGATES,
    refuse_aggregates_in_conditions,
    refuse_names_in_having,
)
from pipeline.rdf.vocabulary import SPACE

MOST_DEPTH = 100
MOST_PATTERNS = 60
MOST_OPERATORS = 1000
_MANY_TOKENS = 50_000
_MOST_OWN_NAMES = 20
_LONGEST_NAME = 200

_TO_JSON = json.JSONEncoder(ensure_ascii=False).encode
_CHANGING = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")

_OPENING = frozenset({"{", "(", "[", "<<", "<<(", "{|"})
_CLOSING = frozenset({"}", ")", "]", ">>", ")>>", "|}"})

_SERVICE = re.compile("service", re.IGNORECASE)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\\]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tokens of a query say.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE; ``names_dataset`` is true with FROM, ``changes`` with a function
    whose value differs each time. ``own_names`` are the first ones in our own namespaces, as written and as IRIs.
    """

    form: str
    prefixes: Mapping[str, str] = field(default_factory=dict)
    undeclared: tuple[str, ...] = ()
    names_dataset: bool = False
    changes: bool = False
    own_names: tuple[tuple[str, str], ...] = ()

    def namespaces(self) -> dict[str, str]:
        """Return the prefixes whose namespaces are absolute, to write a graph with."""
        return {name: iri for name, iri in self.prefixes.items() if _NAMESPACE.fullmatch(iri)}

    def to_bytes(self, *, is_brief: bool = False) -> bytes:
        """Return the reading as a query child sends it; a brief one has no prefixes, which may be any number."""
        if is_brief:
            return _brief(self.form, self.names_dataset, self.changes, self.own_names)
        return _TO_JSON({name: value for name in self.__slots__ if (value := getattr(self, name))}).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the reading that a query child has sent."""
        values = json.loads(content.decode())
        own_names = tuple((written, iri) for written, iri in values.pop("own_names", ()))
        return cls(undeclared=tuple(values.pop("undeclared", ())), own_names=own_names, **values)


@lru_cache(maxsize=64)
def _brief(form: str, names_dataset: bool, changes: bool, own_names: tuple[tuple[str, str], ...]) -> bytes:
    """Return the bytes of a reading without prefixes, which are the same for most queries."""
    reading = Reading(form, names_dataset=names_dataset, changes=changes, own_names=own_names)
    return reading.to_bytes()


def read(query: str) -> Reading:
    """Return what the tokens of a query say; raise Problem where it must not go to the engine."""
    form = form_of(query)
    parts = _tokens(query)
    words = {token.text.upper() for token in parts if token.kind == Kind.WORD}
    _refuse_service(query, parts)
    _refuse_depth(parts)
    _refuse_width(parts)
    if not words.isdisjoint(AGGREGATES):
        refuse_aggregates_in_conditions(parts)
    if "HAVING" in words:
        refuse_names_in_having(parts)
    prefixes = _prefixes(parts) if "PREFIX" in words else {}
    names = dict.fromkeys(token.text for token in parts if token.kind in (Kind.NAME, Kind.IRI))
    own = _own_names(names, prefixes) if SPACE in query else ()
    return Reading(
        form=form,
        prefixes=prefixes,
        undeclared=_undeclared_prefixes(names, prefixes),
        names_dataset=any("FROM" in word for word in words),
        changes=_changes(form, parts, words),
        own_names=tuple(islice(dict.fromkeys(own), _MOST_OWN_NAMES)),
    )


def _tokens(query: str) -> tuple[Token, ...]:
    """Return the tokens; raise Problem for many whose first ones show that they are not a query."""
    all_tokens = tokens(query)
    first = tuple(islice(all_tokens, _MANY_TOKENS))
    if len(first) < _MANY_TOKENS:
        return first
    counts = Counter(token.kind for token in first)
    if counts[Kind.MARK] + counts[Kind.STRANGE] > _MANY_TOKENS * 0.8:
        sentence = (
            f"Of the first {_MANY_TOKENS:,} tokens hardly any is a name or a value. Send only the query."
        )
        raise Problem("query-too-wide", sentence)
    if counts[Kind.STRANGE] > _MANY_TOKENS * 0.1:
        strange = next(token for token in first if token.kind == Kind.STRANGE)
        sentence = f"SPARQL has no sign {strange.text}, which the query has many times. Send only the query."
        raise Problem("query-not-understood", sentence, at=strange.start)
    _refuse_operators(measure(first).operators)
    return (*first, *all_tokens)


def _refuse_service(query: str, parts: Sequence[Token]) -> None:
    """Refuse SERVICE, also where it is glued to its neighbours, which the engine allows.

    Where a piece could be read in two ways (``?a<?b#>`` holds an IRI or a comparison and a comment) every
    mention that follows counts.
    """
    if query.isascii() and "service" not in query.lower():
        return
    last = max((mention.start() for mention in _SERVICE.finditer(query)), default=-1)
    if last < 0:
        return
    for number, token in enumerate(parts):
        if token.start < last and _is_ambiguous(token):
            raise _service_problem(token)
        if token.kind == Kind.WORD and _SERVICE.search(token.text):
            raise _service_problem(token, parts[number + 1 : number + 2])
        if token.kind == Kind.NAME and _SERVICE.search(token.text):
            opens_group = number + 1 < len(parts) and parts[number + 1].text == "{"
            if opens_group and not parts[number - 1].is_word("GRAPH"):
                raise _service_problem(token)


def _is_ambiguous(token: Token) -> bool:
    if token.kind in (Kind.UNCLOSED, Kind.STRANGE):
        return True
    doubtful = token.kind == Kind.IRI and ("#" in token.text or "'" in token.text)
    return doubtful and not _ABSOLUTE.match(token.text)


def _service_problem(token: Token, following: Sequence[Token] = ()) -> Problem:
    sentence = (
        "SERVICE is refused: this endpoint asks no other. Ask both from your side and join their answers."
    )
    if following and following[0].text == "wikibase:label":
        sentence = (
            "The label service exists only at Wikidata. Delete it, and ask for labels in a triple: "
            'OPTIONAL { ?item rdfs:label ?itemLabel FILTER(LANG(?itemLabel) = "en") }'
        )
    return Problem("service-refused", sentence, at=token.start)


def _refuse_depth(parts: Sequence[Token]) -> None:
    if len(parts) <= MOST_DEPTH:
        return
    depth = 0
    for token in parts:
        if token.kind != Kind.MARK:
            continue
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        if depth > MOST_DEPTH:
            raise Problem(
                "query-too-deep",
                f"Brackets are nested more than {MOST_DEPTH} deep here. Remove those that do nothing.",
                at=token.start,
            )


def _refuse_width(parts: Sequence[Token]) -> None:
    if len(parts) * MOST_PATTERNS_OF_A_TOKEN <= MOST_PATTERNS:
        return
    width = measure(parts)
    if width.patterns > MOST_PATTERNS:
        raise Problem(
            "query-too-wide",
            f"A group of the query has {width.patterns} triple patterns. At most {MOST_PATTERNS} can be joined. "
            "Split the query, or use VALUES instead of repeated patterns.",
        )
    _refuse_operators(width.operators)


def _refuse_operators(count: int) -> None:
    if count > MOST_OPERATORS:
        raise Problem(
            "query-too-wide",
            f"The query has more than {MOST_OPERATORS} operators (UNION, OPTIONAL, FILTER, ||, + and the like), "
            f"too many to be planned. Split the query, or use VALUES or IN with a list.",
        )


def _prefixes(parts: Sequence[Token]) -> dict[str, str]:
    declared: dict[str, str] = {}
    for word, name, iri in zip(parts, parts[1:], parts[2:], strict=False):
        if word.is_word("PREFIX") and name.kind == Kind.NAME and iri.kind == Kind.IRI:
            declared[name.text[:-1]] = iri.text[1:-1]
    return declared


def _own_names(names: Iterable[str], prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names in our namespaces, as written and as IRIs that may be cut short."""
    for name in names:
        if name[0] == "<":
            iri = name[1:-1]
        else:
            prefix, _, local = name.partition(":")
            iri = prefixes.get(prefix, "") + local.replace("\\", "")
        if iri.startswith(SPACE):
            yield name[:_LONGEST_NAME], iri[:_LONGEST_NAME]


def _undeclared_prefixes(names: Iterable[str], prefixes: Mapping[str, str]) -> tuple[str, ...]:
    used = (name.partition(":")[0] for name in names if name[0] != "<")
    return tuple(dict.fromkeys(prefix for prefix in used if prefix not in prefixes))


def _changes(form: str, parts: Sequence[Token], words: Set[str]) -> bool:
    if not words.isdisjoint(_CHANGING):
        return True
    return form == "CONSTRUCT" and any(token.kind == Kind.BLANK or token.text == "[" for token in parts)
