"""The terms of SHACL and DASH: where each may stand, what kind of value it takes, and whether it is applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal as Choice
from typing import cast

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from pipeline.model.finding import Suggestion
from pipeline.rdf.vocabulary import SH
from pipeline.system.data_files import rows_of, text_of

DASH = "http://datashapes.org/dash#"
SPACES = {"sh": SH, "dash": DASH}

_ALIKE = 72
"""From this similarity on (0 to 100) another term may be meant."""

Status = Choice[
    "target", "constraint", "companion", "query", "structure", "note", "advanced", "1.2", "dash", "javascript"
]
"""What becomes of a term. The last four are known and not applied; a note constrains nothing."""

NOT_APPLIED = frozenset[Status](("advanced", "1.2", "dash", "javascript"))


@dataclass(frozen=True, slots=True)
class ShaclTerm:
    """One row of the table: ``on`` are the roles of subjects that may have it, ``most`` how many values (0: any)."""

    name: str
    on: frozenset[str]
    value: str
    most: int
    status: Status


@cache
def terms() -> Mapping[str, ShaclTerm]:
    """Return the predicates of SHACL and DASH by their IRIs."""
    return {full(row["term"]): _term(row) for row in rows_of(__package__, "shacl_terms.csv")}


def _term(row: Mapping[str, str]) -> ShaclTerm:
    on, status = frozenset(row["on"].split()), cast(Status, row["status"])
    return ShaclTerm(row["term"], on, row["value"], int(row["most"] or 0), status)


@cache
def resources() -> frozenset[str]:
    """Return the classes and individuals of SHACL by their IRIs, constraint components among them."""
    components = (SH + _component(iri) for iri in terms() if iri.startswith(SH))
    return frozenset((*_names_in("shacl_resources.txt"), *components))


@cache
def later_resources() -> frozenset[str]:
    """Return the classes and individuals that only SHACL 1.2 has."""
    return frozenset(_names_in("shacl12_resources.txt"))


def _names_in(file: str) -> Iterator[str]:
    return (SH + name for name in text_of(__package__, file).split())


def _component(iri: str) -> str:
    local = iri.removeprefix(SH)
    name = "SPARQL" if local == "sparql" else "JS" if local == "js" else local[:1].upper() + local[1:]
    return f"{name}ConstraintComponent"


def is_known(iri: str) -> bool:
    """Return whether SHACL or DASH has a term, as a property or as anything else; DASH is known by its properties."""
    known = iri in terms() or iri in resources() or iri in SPACES.values()
    return known or (iri.startswith(DASH) and iri.removeprefix(DASH)[:1].isupper())


def full(name: str) -> str:
    """Return the IRI of a term such as ``sh:minCount``."""
    prefix, _, local = name.partition(":")
    return SPACES[prefix] + local


def short(iri: str) -> str:
    """Return a term of SHACL or DASH with its prefix, any other IRI in angle brackets."""
    for prefix, space in SPACES.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return f"<{iri}>"


@cache
def _misnomers() -> Mapping[str, str]:
    """Return what is meant by terms of old drafts and by other words that people write."""
    return {row["wrong"]: row["meant"] for row in rows_of(__package__, "shacl_misnomers.csv")}


@lru_cache(maxsize=1000)
def suggest_term(name: str, *, as_property: bool) -> Suggestion | None:
    """Return the term that a misspelt one is most like."""
    if name in _misnomers():
        return Suggestion(_misnomers()[name], 0.9)
    prefix = name.partition(":")[0] + ":"
    known = map(short, terms() if as_property else resources())
    names = [other for other in known if other.startswith(prefix) and not _is_of_reports(other)]
    return nearest(name, names, _ALIKE)


def nearest(name: str, names: Sequence[str], least: int) -> Suggestion | None:
    """Return the name that a misspelt one is most like, from a similarity (0 to 100) on."""
    same = next((other for other in names if other.lower() == name.lower()), None)
    if same is not None:
        return Suggestion(same, 0.99)
    other = extractOne(name[:60], names, scorer=ratio, score_cutoff=least)
    return Suggestion(other[0], round(other[1] / 100, 2)) if other is not None else None


def _is_of_reports(name: str) -> bool:
    """Return whether a term is one of reports, which nobody means in shapes."""
    return name.startswith(("sh:source", "sh:result")) or name.endswith("ConstraintComponent")
