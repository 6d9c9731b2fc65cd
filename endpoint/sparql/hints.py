"""Hints: what somebody may have meant who wrote a prefix, a keyword or a term that is none of ours."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from endpoint.catalogue.open_release import Release
from endpoint.graphs import document_graphs
from endpoint.language.graph_facts import name_of_node
from endpoint.sparql.sparql_tokens import Kind, Token, tokens
from pipeline.rdf.vocabulary import COUNTRY, COUNTRY_FACET, ICGP, TOPIC, prefixes

_SPACES = {ICGP: "icgp", TOPIC: "topic", COUNTRY: "country"}
_MOST_HINTS = 5
_MOST_LINES = 10
_MOST_WORDS = 200
_LONGEST_SHOWN = 60
_NEAR = 0.34
"""How much of a word may be otherwise for it to be taken as the other one misspelt."""

_ELSEWHERE = {
    "bibo": "http://purl.org/ontology/bibo/",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "gn": "http://www.geonames.org/ontology#",
    "vann": "http://purl.org/vocab/vann/",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
}
"""Prefixes that people know but this data has no use for."""

_OTHER_NAMES = {"dcterms": "dct", "dcmi": "dct", "geo84": "wgs", "pos": "wgs", "icp": "icgp"}


def undeclared(names: Sequence[str]) -> str:
    """Return the lines that declare prefixes, with the namespaces that are known for them."""
    more = f" … and {len(names) - _MOST_LINES} more" if len(names) > _MOST_LINES else ""
    shown = names[:_MOST_LINES]
    return " ".join(f"PREFIX {name[:_LONGEST_SHOWN]}: <{_namespace(name) or '…'}>" for name in shown) + more


def misspelt_prefixes(names: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for every prefix that nobody knows but that is near to one of ours."""
    for name in islice(names, _MOST_HINTS):
        near = None if _namespace(name) else _nearest(name, prefixes())
        if near:
            yield f"Did you mean {near}: instead of {name}: ?"


def misspelt_word(query: str) -> tuple[Token, str] | None:
    """Return the first word of a query that SPARQL does not know, and the one near to it; None for none."""
    words = (token for token in tokens(query) if token.kind is Kind.WORD)
    for token in islice(words, _MOST_WORDS):
        if token.text.upper() not in _words():
            near = _nearest(token.text.upper(), _words())
            if near:
                return token, near
    return None


def unknown_terms(release: Release, names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return a sentence for every name in our own namespaces that stands for nothing.

    ``names`` come as they are written and as IRIs. A query with such a name is sound, and its answer empty
    for no reason that would be seen in it.
    """
    found: dict[str, None] = {}
    for written, iri in names:
        space = next((space for space in _SPACES if iri.startswith(space)), None)
        if space is None or len(found) == _MOST_HINTS:
            continue
        local = iri.removeprefix(space)
        if local and not _is_term(release, space, local):
            found[_no_term(release, written[:_LONGEST_SHOWN], space, local)] = None
    return tuple(found)


def _is_term(release: Release, space: str, local: str) -> bool:
    if space == ICGP:
        return local in _own_terms()
    return (_SPACES[space], local) in release.labels or space + local == COUNTRY_FACET


def _no_term(release: Release, written: str, space: str, local: str) -> str:
    prefix = _SPACES[space]
    if space == ICGP:
        known: Iterable[str] = _own_terms()
    else:
        known = (value for facet, value in release.labels if facet == prefix)
    near = _nearest(local, known)
    remedy = f"did you mean {prefix}:{near}?" if near else f"its terms are listed at {space.rstrip('#/')} ."
    return f"{written} is no term of the vocabulary; {remedy}"


@cache
def _words() -> frozenset[str]:
    """Return all words of SPARQL, in capitals."""
    return frozenset((files(__package__) / "words.txt").read_text(encoding="ascii").split())


@cache
def _own_terms() -> frozenset[str]:
    names = (name_of_node(triple.subject) for triple in document_graphs.ontology())
    return frozenset(name.removeprefix(ICGP) for name in names if name.startswith(ICGP))


def _namespace(prefix: str) -> str | None:
    known = prefixes()
    name = prefix.lower()
    return known.get(prefix) or known.get(_OTHER_NAMES.get(name, name)) or _ELSEWHERE.get(name)


def _nearest(word: str, known: Iterable[str]) -> str | None:
    if len(word) > _LONGEST_SHOWN:
        return None
    lower = {other.lower(): other for other in sorted(known)}
    found = process.extractOne(
        word.lower(), list(lower), scorer=DamerauLevenshtein.normalized_distance, score_cutoff=_NEAR
    )
    return lower[found[0]] if found else None
