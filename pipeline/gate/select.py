"""SPARQL constraints: a sh:select that one query can ask of all focus nodes at once.

pySHACL runs the query once for each focus node, with ``$this`` bound beforehand. Joining it with the focus
nodes says the same where it is a plain group of patterns, filters and bindings; whatever is more than that is
left to pySHACL. A filter that raises an error counts as passed, since rdflib may think otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, Store

from pipeline.gate.adapter.query_words import solid_tokens
from pipeline.gate.adapter.silence import quiet
from pipeline.gate.conditions import TRUE
from pipeline.gate.context import EVERYWHERE
from pipeline.gate.record_scope import RecordScope
from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import OWL, RDF, RDFS, SH

_WORDS = frozenset(
    word
    for line in (
        "FILTER BIND AS NOT EXISTS IN A TRUE FALSE IF COALESCE BOUND SAMETERM ISIRI ISURI ISLITERAL ISBLANK",
        "STR LANG LANGMATCHES DATATYPE STRLEN SUBSTR STRDT CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER",
        "CONCAT LCASE ISNUMERIC ABS YEAR MONTH DAY",
    )
    for word in line.split()
)
"""Keywords and functions with the same meaning in rdflib and the store."""

_SPARQL_PREFIXES = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}


@dataclass(frozen=True, slots=True)
class Select:
    """A SPARQL constraint: its prefixes, the inside of its WHERE, and what it reads of other nodes.

    ``wanders`` says that it reads nodes that may be outside the record.
    """

    prologue: str
    body: str
    later: frozenset[str]
    wanders: bool


def read_select(index: ShapesIndex, node: Node) -> Select | None:
    """Return a SPARQL constraint that runs on all focus nodes at once, or None."""
    texts = index.objects(node, SH + "select")
    prefixes = declared_prefixes(index)
    if len(texts) != 1 or not isinstance(texts[0], Literal) or prefixes is None:
        return None
    body = _body(texts[0].value)
    triples = _triples(texts[0].value, prefixes) if body is not None else None
    if body is None or triples is None:
        return None
    prologue = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in sorted(prefixes.items()))
    wanders, later = _reading(triples, index.scope)
    select = Select(prologue, body, later, wanders)
    return select if _is_accepted(select) else None


def declared_prefixes(index: ShapesIndex) -> dict[str, str] | None:
    """Return the prefixes that the shapes graph declares, or None if one has two meanings."""
    prefixes = dict(_SPARQL_PREFIXES)
    for owner in index.subjects(SH + "declare"):
        for declaration in index.objects(owner, SH + "declare"):
            names = index.objects(declaration, SH + "prefix")
            spaces = index.objects(declaration, SH + "namespace")
            if (
                len(names) != 1
                or len(spaces) != 1
                or not isinstance(names[0], Literal)
                or not isinstance(spaces[0], Literal)
            ):
                return None
            if prefixes.setdefault(names[0].value, spaces[0].value) != spaces[0].value:
                return None
    return prefixes


def _body(query: str) -> str | None:
    """Return the inside of the WHERE, its filters made cautious; None if it is more than a plain group."""
    tokens = solid_tokens(query)
    start, end = _first(tokens, "{"), len(tokens) - 1
    if end <= start or tokens[end] != "}" or tokens[0].upper() != "SELECT":
        return None
    inside = tokens[start + 1 : end]
    words = {token.upper() for token in inside if token[0].isalpha() and ":" not in token}
    own = {token.lstrip("?$") for token in tokens if token[0] in "?$"} & {
        "PATH",
        "currentShape",
        "shapesGraph",
    }
    if own or not words <= _WORDS or not _is_plain_group(inside):
        return None
    return " ".join(_cautious(inside))


def _is_plain_group(tokens: list[str]) -> bool:
    """Return whether inner groups belong to EXISTS alone, and filters are brackets or EXISTS."""
    depth = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1].upper() if place else ""
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0 or (token in ("{",) and before != "EXISTS"):
            return False
        if before == "FILTER" and token.upper() not in ("(", "NOT", "EXISTS"):
            return False
    return depth == 0


def _first(tokens: list[str], wanted: str) -> int:
    return next((place for place, token in enumerate(tokens) if token == wanted), len(tokens))


def _cautious(tokens: list[str]) -> Iterator[str]:
    """Yield tokens, each bracketed filter of the outermost group so that an error counts as passed."""
    depth, place = 0, 0
    while place < len(tokens):
        token = tokens[place]
        depth += {"{": 1, "}": -1}.get(token, 0)
        yield token
        place += 1
        if depth == 0 and token.upper() == "FILTER" and tokens[place] == "(":
            closing = _closing(tokens, place)
            yield f"(COALESCE({' '.join(tokens[place : closing + 1])}, {TRUE}))"
            place = closing + 1


def _closing(tokens: list[str], opening: int) -> int:
    depth = 0
    for place in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place], 0)
        if depth == 0:
            return place
    return len(tokens) - 1


def _triples(query: str, prefixes: dict[str, str]) -> list[tuple[Any, Any, Any]] | None:
    """Return all triple patterns of a query, or None if rdflib, and so pySHACL, cannot read it."""
    from rdflib.paths import AlternativePath
    from rdflib.plugins.sparql import prepareQuery

    with quiet():
        try:
            algebra = prepareQuery(query, initNs=prefixes).algebra
        except Exception:  # its parser raises errors of many kinds
            return None
    patterns: list[tuple[Any, Any, Any]] = []
    waiting: list[Any] = [algebra]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for block in dict.get(part, "triples") or ():  # its own get() means something else
                patterns.extend(tuple(block[place : place + 3]) for place in range(0, len(block), 3))
            waiting.extend(dict.values(part))
        elif isinstance(part, list):
            waiting.extend(part)
    return [
        (subject, choice, value)
        for subject, predicate, value in patterns
        for choice in (predicate.args if isinstance(predicate, AlternativePath) else (predicate,))
    ]


def _reading(triples: list[tuple[Any, Any, Any]], scope: RecordScope) -> tuple[bool, frozenset[str]]:
    """Return whether patterns read nodes outside the record, and what they read of nodes other than $this."""
    from rdflib import URIRef, Variable

    home: set[Any] = {Variable("this")}
    for _ in triples:
        for subject, predicate, value in triples:
            name = str(predicate) if isinstance(predicate, URIRef) else ""
            if subject in home and scope.leads_within(name):
                home.add(value)
            if value in home and name in scope.backward:
                home.add(subject)
    later = {
        str(predicate) if isinstance(predicate, URIRef) else EVERYWHERE
        for subject, predicate, _ in triples
        if subject != Variable("this") or not isinstance(predicate, URIRef | Variable)
    }
    wanders = any(
        subject not in home or not isinstance(predicate, URIRef | Variable)
        for subject, predicate, _ in triples
    )
    return wanders, frozenset(later)


def _is_accepted(select: Select) -> bool:
    """Return whether the store reads the query that is made of a constraint."""
    pattern = "?this ?gate_p ?gate_o ."
    try:
        Store().query(f"{select.prologue} SELECT DISTINCT ?this WHERE {{ {pattern} {select.body} }}")
    except SyntaxError:
        return False
    return True
