"""Names: what was meant by a prefix or a keyword that nobody knows."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from endpoint.syntax.sparql_tokens import Kind, Token
from pipeline.rdf.sparql_functions import BUILT_IN
from pipeline.rdf.vocabulary import prefixes
from pipeline.system.data_files import tables_of, text_of

_MOST_LINES = 10
_LEAST_BEGUN = 3
_LONGEST_SHOWN = 60
_NEAR = 0.34
"""How much of a word may be otherwise for it to be taken as the other one misspelt."""

_CLAUSES = (
    "FILTER",
    "OPTIONAL",
    "CONSTRUCT",
    "DESCRIBE",
    "SELECT",
    "PREFIX",
    "LIMIT",
    "OFFSET",
    "VALUES",
    "UNION",
)

_OTHER_NAMES = {"dcterms": "dct", "dcmi": "dct", "geo84": "wgs", "pos": "wgs", "icp": "icgp"}


def undeclared_message(prefix: str, others: Sequence[str]) -> str:
    """Return what to say about a prefix that is not declared, with the lines for it and for all others like it."""
    product = _table("extensions").get(prefix)
    if product is not None:
        return product
    near = None if namespace_of(prefix) else nearest(prefix, prefixes())
    meant = f" Did you mean {near}: instead of {_short(prefix)}: ?" if near else ""
    names = (prefix, *(name for name in others if name not in _table("extensions")))
    lines = " ".join(f"PREFIX {_short(name)}: <{namespace_of(name) or '…'}>" for name in names[:_MOST_LINES])
    more = f" … and {len(names) - _MOST_LINES} more" if len(names) > _MOST_LINES else ""
    return f"The prefix {_short(prefix)}: is not declared.{meant} Put before the query: {lines}{more}"


def extension(iri: str) -> str | None:
    """Return what to say about an IRI that has a meaning in another product only, None for any other."""
    begins = [space for space in _table("products") if iri.startswith(space)]
    prefix = _table("products")[max(begins, key=len)] if begins else iri.partition(":")[0]
    return _table("extensions").get(prefix)


def function_of_sparql(name: str) -> str | None:
    """Return the function of SPARQL that does what one of another language does, None where it has none."""
    return _table("functions").get(name.upper()) or nearest(name.upper(), BUILT_IN)


def near_word(token: Token) -> str | None:
    """Return the word of SPARQL that is near to a token, None where the token is one or is near to none."""
    text = token.text.upper()
    if token.kind != Kind.WORD or text in _words():
        return None
    begun = [word for word in _CLAUSES if len(text) >= _LEAST_BEGUN and word.startswith(text)]
    return begun[0] if begun else nearest(text, _words())


def is_word(token: Token) -> bool:
    """Return whether a token is a word of SPARQL."""
    return token.kind == Kind.WORD and token.text.upper() in _words()


def _short(name: str) -> str:
    return name[:_LONGEST_SHOWN]


def elsewhere() -> Mapping[str, str]:
    """Return the prefixes that people know but this data has no use for, with their namespaces."""
    return _table("prefixes")


@cache
def _table(name: str) -> dict[str, str]:
    tables = tables_of(__package__, "known_names.toml")
    table: dict[str, str] = tables[name]
    return table


@cache
def _words() -> frozenset[str]:
    """Return all words of SPARQL, in capitals."""
    return frozenset(text_of(__package__, "words.txt").split())


def namespace_of(prefix: str) -> str | None:
    """Return the namespace that a prefix usually stands for, None for a prefix that nobody knows."""
    known = prefixes()
    name = prefix.lower()
    return known.get(prefix) or known.get(_OTHER_NAMES.get(name, name)) or elsewhere().get(name)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearest to a misspelt one, None if none is near."""
    if len(word) > _LONGEST_SHOWN:
        return None
    lower = {other.lower(): other for other in sorted(known)}
    match = process.extractOne(
        word.lower(), list(lower), scorer=DamerauLevenshtein.normalized_distance, score_cutoff=_NEAR
    )
    return lower[match[0]] if match else None
