"""Concepts of the vocabulary's SKOS files: their labels, codes and keywords, to recognise cells by."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import pyoxigraph

from pipeline.model.practice import Texts
from pipeline.rdf.vocabulary import SCHEMA, SKOS, ontology_directory


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept: one preferred label per language (English first), all that it is also called, and more.

    ``notations`` are codes, ``keywords`` English words that hint at it, ``collections`` the IRIs of those it is in.
    """

    iri: str
    preferred: Texts
    other: Texts
    notations: tuple[str, ...]
    keywords: tuple[str, ...]
    collections: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the label to show: the English one."""
        return self.preferred[0][1]


@cache
def read_concepts(file_name: str) -> tuple[Concept, ...]:
    """Return the top concepts of a file of the vocabulary, in the order of their IRIs."""
    texts: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    member_of: dict[str, list[str]] = defaultdict(list)
    for quad in pyoxigraph.parse(path=ontology_directory() / file_name):
        if isinstance(quad.object, pyoxigraph.Literal):
            pair = (quad.object.language or "", quad.object.value)
            texts[_name(quad.subject)][quad.predicate.value].append(pair)
        elif quad.predicate.value == f"{SKOS}topConceptOf":
            texts[_name(quad.subject)][quad.predicate.value].append(("", _name(quad.object)))
        elif quad.predicate.value == f"{SKOS}member":
            member_of[_name(quad.object)].append(_name(quad.subject))
    return tuple(
        _concept(iri, stated, member_of[iri])
        for iri, stated in sorted(texts.items())
        if f"{SKOS}topConceptOf" in stated
    )


def _name(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Triple | pyoxigraph.Literal) -> str:
    return term.value if isinstance(term, pyoxigraph.NamedNode) else str(term)


def _concept(iri: str, stated: dict[str, list[tuple[str, str]]], collections: list[str]) -> Concept:
    preferred = sorted(stated[f"{SKOS}prefLabel"], key=lambda pair: (pair[0] != "en", pair))
    other = sorted(stated[f"{SKOS}altLabel"] + stated[f"{SKOS}hiddenLabel"])
    notations = sorted(value for _, value in stated[f"{SKOS}notation"])
    keywords = sorted(value for language, value in stated[f"{SCHEMA}keywords"] if language == "en")
    return Concept(
        iri, tuple(preferred), tuple(other), tuple(notations), tuple(keywords), tuple(sorted(collections))
    )
