"""Statements of an RDF file, by subject and property, with every literal as it was written."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import pyoxigraph
from rapidfuzz import fuzz, process

from pipeline.findings.messages import Sentence, say
from pipeline.model.finding import Suggestion
from pipeline.rdf.vocabulary import DCAT, DCT, FOAF, ICGP, RDF, RDFS, SCHEMA, SKOS, XSD, ontology_directory
from pipeline.sources.structured.positions import NOWHERE, LocatedStatement

TYPE = RDF + "type"
_READ = frozenset(
    (
        TYPE,
        *(DCT + name for name in ("title", "description", "identifier", "subject", "spatial", "temporal")),
        *(DCT + name for name in ("source", "issued", "modified", "date")),
        *(RDFS + "label", SKOS + "prefLabel", SCHEMA + "name", FOAF + "name"),
        *(FOAF + "primaryTopic", FOAF + "isPrimaryTopicOf"),
        *(DCAT + "startDate", DCAT + "endDate"),
    )
)
_NEAR = 75
_MOST_NAMED = 10

_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_FORMS = {
    "integer": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+|-0+",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "boolean": "true|false|0|1",
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?{_ZONE}",
}


@dataclass(frozen=True, slots=True)
class Value:
    """An object of a statement: a literal as written, or an IRI or blank node; ``at`` is its offset."""

    text: str
    is_literal: bool = False
    language: str = ""
    datatype: str = ""
    at: int = field(default=NOWHERE, compare=False)

    @property
    def is_ill_typed(self) -> bool:
        """Return whether a literal is no value of the XML Schema type it states."""
        form = _FORMS.get(self.datatype.removeprefix(XSD)) if self.datatype.startswith(XSD) else None
        return form is not None and re.fullmatch(form, self.text) is None

    @property
    def canonical_text(self) -> str:
        """Return how a store would write an integer, which is not as this one is written; else the text."""
        is_integer = self.datatype == XSD + "integer" and not self.is_ill_typed and len(self.text) < 19
        return str(int(self.text)) if is_integer else self.text


class Statements:
    """What a file says: subject → property → values, subjects in their order; other vocabularies left out."""

    def __init__(self, statements: Iterable[LocatedStatement]) -> None:
        self._about: dict[str, dict[str, list[Value]]] = {}
        self._documents: dict[str, list[str]] = {}
        self._starts: dict[str, int] = {}
        for quad, start, at in statements:
            name = quad.predicate.value
            if name not in _READ and not name.startswith(ICGP):
                continue
            subject = _name(quad.subject)
            about = self._about.get(subject)
            if about is None:
                about = self._about[subject] = {}
                self._starts[subject] = start
            values = about.setdefault(name, [])
            value = _value(quad.object, at)
            if value in values:
                continue
            values.append(value)
            if name == FOAF + "primaryTopic":
                self._documents.setdefault(value.text, []).append(subject)

    def of_type(self, iri: str) -> Iterator[str]:
        """Yield the subjects of a class."""
        return (subject for subject in self._about if any(v.text == iri for v in self.values(subject, TYPE)))

    def classes(self) -> Counter[str]:
        """Return the classes that subjects have, in N-Triples, with how many each."""
        return Counter(f"<{value.text}>" for about in self._about.values() for value in about.get(TYPE, ()))

    def start_of(self, subject: str) -> int:
        """Return the offset at which a subject is first described."""
        return self._starts.get(subject, NOWHERE)

    def values(self, subject: str, *properties: str) -> list[Value]:
        """Return the values of the first of these properties that a subject has."""
        about = self._about.get(subject, {})
        return next((about[name] for name in properties if name in about), [])

    def all_of(self, subject: str) -> Iterator[tuple[str, Value]]:
        """Yield property and value of each statement about a subject."""
        for name, values in self._about.get(subject, {}).items():
            for value in values:
                yield name, value

    def documents_about(self, subject: str) -> list[str]:
        """Return the documents that name the subject as their primary topic."""
        return self._documents.get(subject, [])

    def unknown_terms(self) -> dict[str, tuple[str, int]]:
        """Return each term of our namespace that it does not define, with the first subject that has it, and where."""
        terms: dict[str, tuple[str, int]] = {}
        for subject, about in self._about.items():
            used = [(name, values[0].at) for name, values in about.items()]
            used += [(value.text, value.at) for value in about.get(TYPE, ())]
            for name, at in used:
                if name.startswith(ICGP) and name not in vocabulary_terms():
                    terms.setdefault(name, (subject, at))
        return terms


def _name(term: object) -> str:
    return term.value if isinstance(term, pyoxigraph.NamedNode) else str(term)


def _value(term: object, at: int) -> Value:
    if not isinstance(term, pyoxigraph.Literal):
        return Value(_name(term), at=at)
    return Value(term.value, True, term.language or "", term.datatype.value, at)


@cache
def vocabulary_terms() -> frozenset[str]:
    """Return the IRIs of all classes and properties of our namespace."""
    quads = pyoxigraph.parse(path=ontology_directory() / "ns.ttl")
    return frozenset(name for quad in quads if (name := _name(quad.subject)).startswith(ICGP))


def nearest_term(iri: str) -> Suggestion | None:
    """Return the term of our namespace whose name is nearly this one, as ``icgp:name``."""
    names = [name.removeprefix(ICGP) for name in vocabulary_terms()]
    best = process.extractOne(iri.removeprefix(ICGP), names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return Suggestion(f"icgp:{best[0]}", round(best[1] / 100, 2)) if best else None


def describe_classes(instances: Counter[str]) -> Sentence:
    """Return which classes were found, the commonest first, each with the number of its instances."""
    if not instances:
        return say("The data state no class.")
    named = [f"{iri} ({number:,})" for iri, number in instances.most_common()]
    return say("These classes were found: {classes}.", classes=list_names(named))


def list_names(names: Sequence[str]) -> Sentence | str:
    """Return the first of some names, and how many more there are."""
    joined = ", ".join(names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return joined
    return say("{names} and {number} more", names=joined, number=len(names) - _MOST_NAMED)
