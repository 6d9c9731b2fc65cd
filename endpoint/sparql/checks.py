"""Checks: what is refused before the engine sees it, and what can be told of a query without the engine."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from endpoint.sparql.sparql_problems import Problem
from endpoint.sparql.sparql_tokens import Kind, Token, tokens
from endpoint.sparql.triple_patterns import count_patterns
from pipeline.rdf.vocabulary import SPACE

MOST_BYTES = 64 * 1024
MOST_DEPTH = 100
MOST_PATTERNS = 60

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_FIRST_WORD = re.compile("|".join((*_FORMS, *_UPDATES)))
_CHANGING = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")

_OPENING = frozenset({"{", "(", "[", "<<", "<<(", "{|"})
_CLOSING = frozenset({"}", ")", "]", ">>", ")>>", "|}"})

_SERVICE = re.compile("service", re.IGNORECASE)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be told of a query from its tokens.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE; ``names_dataset`` tells of FROM, ``changes`` of a function
    whose value is another one each time, ``own_names`` are those in
    our own namespaces, as they are written and as IRIs.
    """

    form: str
    prefixes: Mapping[str, str] = field(default_factory=dict)
    undeclared: tuple[str, ...] = ()
    names_dataset: bool = False
    changes: bool = False
    own_names: tuple[tuple[str, str], ...] = ()


def read(query: str) -> Reading:
    """Return what can be told of a query; raise Problem where it must not go to the engine."""
    size = len(query.encode())
    if size > MOST_BYTES:
        raise Problem("query-too-long", f"The query has {size} bytes; at most {MOST_BYTES} are read.")
    parts = tuple(tokens(query))
    form = _form(parts)
    if form in _UPDATES:
        raise Problem("update-refused", f"This endpoint answers queries only; {form} would change data.")
    _refuse_service(query, parts)
    _refuse_depth(parts)
    _refuse_many_patterns(parts)
    prefixes = _prefixes(parts)
    return Reading(
        form=form,
        prefixes=prefixes,
        undeclared=_undeclared(parts, prefixes),
        names_dataset=any(token.kind is Kind.WORD and "FROM" in token.text.upper() for token in parts),
        changes=_changes(form, parts),
        own_names=tuple(_own_names(parts, prefixes)) if SPACE in query else (),
    )


def _form(parts: Sequence[Token]) -> str:
    """Return the keyword that says what a query is; what has none is left to the engine's word on it."""
    for token in parts:
        if token.kind is Kind.WORD:
            found = _FIRST_WORD.match(token.text.upper())
            if found:
                return found[0]
    return "SELECT"


def _refuse_service(query: str, parts: Sequence[Token]) -> None:
    """Refuse SERVICE, also where it is glued to its neighbours, which the engine allows.

    Where a piece could be read in two ways (``?a<?b#>`` holds an IRI or a comparison and a comment) every
    mention that follows counts.
    """
    for place, token in enumerate(parts):
        if _is_ambiguous(token) and _SERVICE.search(query, token.start + 1):
            raise _federated()
        if token.kind is Kind.WORD and _SERVICE.search(token.text):
            raise _federated()
        if token.kind is Kind.NAME and _SERVICE.search(token.text):
            opens_group = place + 1 < len(parts) and parts[place + 1].text == "{"
            if opens_group and not parts[place - 1].is_word("GRAPH"):
                raise _federated()


def _is_ambiguous(token: Token) -> bool:
    if token.kind in (Kind.UNCLOSED, Kind.STRANGE):
        return True
    doubtful = token.kind is Kind.IRI and ("#" in token.text or "'" in token.text)
    return doubtful and not _ABSOLUTE.match(token.text)


def _federated() -> Problem:
    return Problem(
        "service-refused",
        "SERVICE is refused: this endpoint asks no other. Ask both from your side and join their answers.",
    )


def _refuse_depth(parts: Sequence[Token]) -> None:
    depth = 0
    for token in parts:
        if token.kind is not Kind.MARK:
            continue
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        if depth > MOST_DEPTH:
            raise Problem(
                "query-too-deep",
                f"Brackets are nested more than {MOST_DEPTH} deep here; take away those that do nothing.",
                at=token.start,
            )


def _refuse_many_patterns(parts: Sequence[Token]) -> None:
    count = count_patterns(parts)
    if count > MOST_PATTERNS:
        raise Problem(
            "query-too-wide",
            f"The query has {count} triple patterns; at most {MOST_PATTERNS} are planned. "
            "Ask in several queries, or with VALUES instead of repeated patterns.",
        )


def _prefixes(parts: Sequence[Token]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, name, iri in zip(parts, parts[1:], parts[2:], strict=False):
        if word.is_word("PREFIX") and name.kind is Kind.NAME and iri.kind is Kind.IRI:
            found[name.text[:-1]] = iri.text[1:-1]
    return found


def _own_names(parts: Sequence[Token], prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for token in parts:
        iri = ""
        if token.kind is Kind.IRI:
            iri = token.text[1:-1]
        elif token.kind is Kind.NAME:
            prefix, _, local = token.text.partition(":")
            iri = prefixes.get(prefix, "") + local.replace("\\", "")
        if iri.startswith(SPACE):
            yield token.text, iri


def _undeclared(parts: Sequence[Token], prefixes: Mapping[str, str]) -> tuple[str, ...]:
    used = (token.text.partition(":")[0] for token in parts if token.kind is Kind.NAME)
    return tuple(dict.fromkeys(prefix for prefix in used if prefix not in prefixes))


def _changes(form: str, parts: Sequence[Token]) -> bool:
    if any(token.is_word(*_CHANGING) for token in parts):
        return True
    return form == "CONSTRUCT" and any(token.kind is Kind.BLANK or token.text == "[" for token in parts)
