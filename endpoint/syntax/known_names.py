"""Names: what was meant by a prefix or a keyword that nobody knows."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from endpoint.syntax.sparql_tokens import Kind, Token, tokens
from pipeline.rdf.vocabulary import prefixes

_MOST_HINTS = 5
_MOST_LINES = 10
_MOST_WORDS = 200
_LONGEST_SHOWN = 60
_NEAR = 0.34
"""How much of a word may be otherwise for it to be taken as the other one misspelt."""

ELSEWHERE = {
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
    return " ".join(f"PREFIX {name[:_LONGEST_SHOWN]}: <{namespace_of(name) or '…'}>" for name in shown) + more


def misspelt_prefixes(names: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for every prefix that nobody knows but that is near to one of ours."""
    for name in islice(names, _MOST_HINTS):
        near = None if namespace_of(name) else nearest(name, prefixes())
        if near:
            yield f"Did you mean {near}: instead of {name}: ?"


def misspelt_word(query: str) -> tuple[Token, str] | None:
    """Return the first word of a query that SPARQL does not know, and the one near to it; None for none."""
    words = (token for token in tokens(query) if token.kind is Kind.WORD)
    for token in islice(words, _MOST_WORDS):
        if token.text.upper() not in _words():
            near = nearest(token.text.upper(), _words())
            if near:
                return token, near
    return None


@cache
def _words() -> frozenset[str]:
    """Return all words of SPARQL, in capitals."""
    return frozenset((files(__package__) / "words.txt").read_text(encoding="ascii").split())


def namespace_of(prefix: str) -> str | None:
    """Return the namespace that a prefix usually stands for, None for a prefix that nobody knows."""
    known = prefixes()
    name = prefix.lower()
    return known.get(prefix) or known.get(_OTHER_NAMES.get(name, name)) or ELSEWHERE.get(name)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearest to a misspelt one, None where none is near."""
    if len(word) > _LONGEST_SHOWN:
        return None
    lower = {other.lower(): other for other in sorted(known)}
    found = process.extractOne(
        word.lower(), list(lower), scorer=DamerauLevenshtein.normalized_distance, score_cutoff=_NEAR
    )
    return lower[found[0]] if found else None
