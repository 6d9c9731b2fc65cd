"""Related terms: which terms of other vocabularies stand for about the same thing as a term of this data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from endpoint.syntax.known_names import elsewhere
from pipeline.rdf.vocabulary import prefixes
from pipeline.system.data_files import tables_of

Sort = Literal["properties", "classes"]


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that stand for about the same thing, and how a sentence begins that names them."""

    start: str
    terms: tuple[str, ...]


def related_terms(iri: str, sort: Sort, is_used: Callable[[str], bool]) -> tuple[str, tuple[str, ...]] | None:
    """Return how a sentence begins, and those terms of the groups of a term that are used; None for no such term."""
    for group in _groups()[sort]:
        if iri in group.terms:
            used = tuple(term for term in group.terms if term != iri and is_used(term))
            if used:
                return group.start, used
    return None


@cache
def _groups() -> Mapping[str, Sequence[Group]]:
    table = tables_of(__package__, "related_terms.toml")
    known = {**elsewhere(), **table.pop("namespaces"), **prefixes()}

    def iris(terms: str) -> tuple[str, ...]:
        split = (term.partition(":") for term in terms.split())
        return tuple(known[prefix] + local for prefix, _, local in split)

    return {
        sort: [Group(each["is"], iris(each["terms"])) for each in groups] for sort, groups in table.items()
    }
