"""Known data: facts about terms and values from the store and the profile of a release, at a bounded cost.

Beside them are the classes that a query itself gives to its variables and blank nodes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from endpoint.language.graph_facts import Object
from endpoint.language.links import short
from endpoint.syntax.query_patterns import RDF_TYPE, Pattern, Term
from pipeline.rdf.vocabulary import COUNTRY_SCHEME, ONTOLOGY_IRI, RDF, RDFS, SKOS, TOPIC_SCHEME
from pipeline.release.contents.class_profiles import PROFILE

_MOST_VALUES = 5000
"""Values of a property that are looked through for one that is like the wanted one."""

_MOST_IN_ALL = 50_000
"""Values that are looked through for one query, which takes about a tenth of a second."""

_TYPE = NamedNode(RDF + "type")
_MEMBERSHIP = (
    (NamedNode(RDFS + "isDefinedBy"), NamedNode(ONTOLOGY_IRI)),
    (NamedNode(SKOS + "inScheme"), NamedNode(TOPIC_SCHEME)),
    (NamedNode(SKOS + "inScheme"), NamedNode(COUNTRY_SCHEME)),
)

Kinds = Counter[str]
"""Kinds of values, as profiles have them: iri, blank, a language with @, or the IRI of a datatype."""

Types = Mapping[str, Sequence[str]]
"""Variable or blank node → the classes that a query gives it."""


class KnownData:
    """A store, and the profile that may be beside it."""

    def __init__(self, store: Store, profile: Path | None = None) -> None:
        self.store = store
        self._path = profile
        self._remaining = _MOST_IN_ALL

    # Terms

    def is_property(self, iri: str) -> bool:
        """Return whether anything has a property."""
        return self._any(None, iri, None, None)

    def is_class(self, iri: str) -> bool:
        """Return whether anything belongs to a class."""
        return self._any(None, RDF + "type", iri, None)

    def occurs(self, iri: str) -> bool:
        """Return whether an IRI stands anywhere in the data."""
        places = ((iri, None, None, None), (None, iri, None, None), (None, None, iri, None))
        return any(self._any(*place) for place in (*places, (None, None, None, iri)))

    def holds(self, subject: str | None, predicate: str, value: str | None) -> bool:
        """Return whether there is such a triple between resources."""
        return self._any(subject, predicate, value, None)

    def graphs(self) -> Iterator[str]:
        """Yield the names of the graphs."""
        return (graph.value for graph in self.store.named_graphs() if isinstance(graph, NamedNode))

    def graphs_with(self, predicate: str, value: str | None = None) -> list[str]:
        """Return the graphs that have a property, or one value of it."""
        return [graph for graph in self.graphs() if self._any(None, predicate, value, graph)]

    def own_terms(self, namespace: str) -> Iterator[str]:
        """Yield the terms of our vocabularies that are in a namespace."""
        for predicate, value in _MEMBERSHIP:
            for quad in self.store.quads_for_pattern(None, predicate, value, None):
                if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(namespace):
                    yield quad.subject.value

    def with_word(self, word: str, namespace: str) -> str | None:
        """Return the local name of a term of ours that has a word, or several, as a part: housing, urban-planning."""
        part = f"-{'-'.join(word.lower().replace('_', ' ').split())}-"
        names = (iri.removeprefix(namespace) for iri in self.own_terms(namespace))
        return next((name for name in sorted(names) if part in f"-{name}-"), None)

    def types(self, iri: str) -> set[str]:
        """Return the classes of a resource, without those that only widen another one of them."""
        quads = self.store.quads_for_pattern(NamedNode(iri), _TYPE, None, None)
        types = {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}
        return {each for each in types if not types & set(self.profile.get(each, {}).get("includes", ()))}

    def find_by_label(self, text: str, predicate: str) -> str | None:
        """Return a value of a property that has a text as its label in some language."""
        literals = (Literal(text, language=tag) for tag in self.languages)
        for literal in (Literal(text), *literals):
            for quad in self.store.quads_for_pattern(None, NamedNode(RDFS + "label"), literal, None):
                if isinstance(quad.subject, NamedNode) and self.holds(None, predicate, quad.subject.value):
                    return quad.subject.value
        return None

    def _any(self, subject: str | None, predicate: str | None, value: str | None, graph: str | None) -> bool:
        try:
            terms = [None if iri is None else NamedNode(iri) for iri in (subject, predicate, value, graph)]
        except ValueError:
            return False
        return next(self.store.quads_for_pattern(*terms), None) is not None

    # Classes and properties

    @cached_property
    def profile(self) -> Mapping[str, Any]:
        """Return class → its profile; nothing where there is none."""
        return {each["class"]: each for each in _read(self._path)["classes"]}

    @cached_property
    def properties(self) -> frozenset[str]:
        """Return all properties in the profile."""
        return frozenset(name for each in self.profile for name in self._own(each)) | self.untyped_properties

    @cached_property
    def untyped_properties(self) -> frozenset[str]:
        """Return the properties of nodes without a class."""
        return frozenset(_read(self._path)["untyped"])

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Return the language tags in the data, the most frequent first."""
        kinds: Kinds = Counter()
        for each in self.profile:
            for entry in self._own(each).values():
                kinds.update(entry["kinds"])
        return tuple(kind[1:] for kind, _ in kinds.most_common() if kind[0] == "@")

    def properties_of(self, iri: str) -> Mapping[str, list[Mapping[str, Any]]]:
        """Return the properties that members of a class have, also those that belong to a more special one."""
        entries: dict[str, list[Mapping[str, Any]]] = {}
        for each in (iri, *self.profile.get(iri, {}).get("includes", ())):
            for name, profile in self._own(each).items():
                entries.setdefault(name, []).append(profile)
        return entries

    def classes_with(self, predicate: str) -> list[str]:
        """Return the classes whose members have a property, the largest first."""
        classes = [each for each in self.profile if predicate in self._own(each)]
        return sorted(classes, key=lambda each: (-self._own(each)[predicate]["subjects"], each))

    def kinds(self, predicate: str, of: str | None = None) -> Kinds:
        """Return the kinds of values that a property has, of the members of a class or of all."""
        if of is not None and of in self.profile:
            profiles = self.properties_of(of).get(predicate, [])
        else:
            profiles = [self._own(each)[predicate] for each in self.classes_with(predicate)]
        if not profiles and of is None:
            return self._sample_kinds(predicate)
        return sum((Counter(each["kinds"]) for each in profiles), Counter())

    def value_classes(self, predicate: str) -> set[str]:
        """Return classes of the values of a property."""
        profiles = (self._own(each)[predicate] for each in self.classes_with(predicate))
        return {name for each in profiles for name in each["classes"]}

    def example(self, predicate: str) -> str:
        """Return a value of a property, as N-Triples has it; empty where none is known."""
        return next((self._own(each)[predicate]["example"] for each in self.classes_with(predicate)), "")

    def overlap(self, one: str, other: str) -> bool:
        """Return whether two classes can have members in common."""
        return (
            one == other
            or one in self.profile.get(other, {}).get("includes", ())
            or other in self.profile.get(one, {}).get("includes", ())
        )

    def _own(self, iri: str) -> Mapping[str, Mapping[str, Any]]:
        entry = self.profile.get(iri)
        return {each["property"]: each for each in entry["properties"]} if entry else {}

    # Values

    def has_value(self, predicate: str, value: Literal) -> bool:
        """Return whether a property has a literal as a value."""
        return next(self.store.quads_for_pattern(None, NamedNode(predicate), value, None), None) is not None

    def values(self, predicate: str) -> Iterable[Literal]:
        """Yield literals that are values of a property, no more than can be looked through."""
        for value in self._sample_values(predicate):
            if isinstance(value, Literal):
                yield value

    def _sample_kinds(self, predicate: str) -> Kinds:
        kinds: Kinds = Counter()
        for value in self._sample_values(predicate):
            if isinstance(value, Literal):
                kinds[f"@{value.language}" if value.language else value.datatype.value] += 1
            else:
                kinds["iri"] += 1
        return kinds

    def _sample_values(self, predicate: str) -> Iterator[Object]:
        quads = self.store.quads_for_pattern(None, NamedNode(predicate), None, None)
        for quad in islice(quads, min(_MOST_VALUES, self._remaining)):
            self._remaining -= 1
            yield quad.object


@cache
def _read(path: Path | None) -> Any:
    """Return the profile in a file, an empty one where there is none; a process reads few."""
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path is not None else _NO_PROFILE
    except (OSError, ValueError):
        return _NO_PROFILE


_NO_PROFILE: dict[str, list[Any]] = {"classes": [], "untyped": []}


def beside(store: str) -> Path:
    """Return the path of the profile of a store's release."""
    return Path(store).parent / PROFILE


def show_iri(iri: str) -> str:
    """Return an IRI as a sentence has it: a usual prefixed name, else the IRI in brackets."""
    name = short(iri)
    return name if name != iri else f"<{iri}>"


def types_of(patterns: Iterable[Pattern], data: KnownData) -> Types:
    """Return the classes that patterns give to variables and blank nodes, where there are such classes."""
    types: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        is_type = len(pattern.verbs) == 1 and pattern.verbs[0].value == RDF_TYPE
        if is_type and pattern.object.sort == "iri" and pattern.object.value in data.profile:
            types[name_of(pattern.subject)].append(pattern.object.value)
    return types


def name_of(term: Term) -> str:
    """Return the name of a variable or blank node, empty for another term."""
    return term.value if term.sort in ("variable", "blank") else ""
