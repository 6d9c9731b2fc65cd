"""Graphs: what each document says, taken from the store by patterns and never by built query text.

A practice's document contains everything said of the practice, its period, its record and its cities. A city's,
a topic's, a country's and a year's contain what is said about it, and the list of its practices. Both hold the names
of what they point at too, in every format alike, so that nobody must ask again to show them. The dataset's,
the catalogue's and the VoID document's are the parts of the description that can be reached from each. Every
other resource holds what is said about it and of its parts, or else what mentions it.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from endpoint.catalogue.open_release import Release
from endpoint.language.graph_facts import name_of_node
from pipeline.rdf.labels import add_labels
from pipeline.rdf.vocabulary import (
    DCAT,
    DCT,
    FOAF,
    ICGP,
    PROV,
    RDF,
    RDFS,
    SD,
    SKOS,
    VOID,
    ontology_directory,
    shapes_files,
)

Graph = tuple[Triple, ...]

_CITY = NamedNode(ICGP + "city")
_DEFAULT_LANGUAGE = "en"
_FIRST = {RDF + "type": 0, RDFS + "label": 1, SKOS + "prefLabel": 2, DCT + "title": 3, DCT + "description": 4}
_NAMED = {NamedNode(ICGP + name) for name in ("topic", "country", "inCountry")}
_NAMED |= {NamedNode(DCT + name) for name in ("rights", "rightsHolder")}
_NUMBERS = (VOID + "classPartition", VOID + "propertyPartition")
_NAMES = (NamedNode(SKOS + "prefLabel"), NamedNode(RDFS + "label"), NamedNode(FOAF + "name"))
_ROW = "#row="
_SPATIAL = NamedNode(DCT + "spatial")
_PART_OF = NamedNode(PROV + "specializationOf")
_MOST_MENTIONS = 1000
_MOST_PARTS = 500


def practice(release: Release, slug: str) -> Graph:
    """Return the document graph of a practice, empty if there is none of that name."""
    iris = release.iris
    this = _node(iris.practice(slug))
    said = statements_of(release.store, this)
    if not said:
        return ()
    cities = (triple.object for triple in said if triple.predicate == _CITY)
    parts = (_node(iris.period(slug)), _node(iris.record(slug)), *cities)
    named = (part for part in parts if isinstance(part, NamedNode))
    return (*said, *(triple for part in named for triple in statements_of(release.store, part)))


def names_within(release: Release, graph: Graph) -> Graph:
    """Return the names of the topics, places and rights that a graph points at and says nothing of."""
    subjects = {triple.subject for triple in graph}
    pointed = dict.fromkeys(triple.object for triple in graph if triple.predicate in _NAMED)
    return tuple(
        triple
        for this in pointed
        if isinstance(this, NamedNode) and this not in subjects
        for triple in _names_of(release.store, this)
    )


def _names_of(store: Store, this: NamedNode) -> Graph:
    """Return the names of a resource by one property: what is a label too is not said twice."""
    names = (tuple(store.quads_for_pattern(this, name, None, None)) for name in _NAMES)
    return tuple(quad.triple for quad in next(filter(None, names), ()))


def resource(release: Release, iri: str) -> Graph:
    """Return what is said about a resource, or else the triples that mention it; empty for an unknown one."""
    try:
        this = NamedNode(iri)
    except ValueError:
        return ()
    said = statements_of(release.store, this)
    if said:
        return (*said, *_parts(release.store, this))
    mentions = release.store.quads_for_pattern(None, None, this, None)
    return _sort_triples(quad.triple for quad in islice(mentions, _MOST_MENTIONS))


def of_vocabulary(release: Release, iri: str) -> Graph:
    """Return what the vocabulary, its shapes included, says of a resource in its space."""
    return resource(release, iri) or tuple(
        triple for triple in shapes() if name_of_node(triple.subject) == iri
    )


def description(release: Release, iri: str) -> Graph:
    """Return the description of the dataset, its catalogue, distributions and services, one of them first."""
    return _description(release.path, iri)


def dataset(release: Release, iri: str) -> Graph:
    """Return the description of the dataset and its releases, without the counts of the VoID document."""
    return _part_of(description(release, iri), iri, _NUMBERS)


def _description(folder: Path, iri: str) -> Graph:
    # From its file: the store keeps xsd:integer of the size of a dump, for which DCAT wants xsd:nonNegativeInteger.
    quads = parse(path=folder / "description.ttl", format=RdfFormat.TURTLE)
    triples = _sort_triples(quad.triple for quad in quads)
    return tuple(sorted(triples, key=lambda triple: triple.subject != NamedNode(iri)))


def catalog(release: Release, iri: str) -> Graph:
    """Return the description as portals harvest it: one dataset, complete in itself.

    Releases are left out, since CKAN and udata import everything of type dcat:Dataset as a separate dataset. The
    place of the dataset has its label in one language, since CKAN takes the last; its preferred labels stay.
    """
    described = _part_of(description(release, iri), iri, (DCAT + "hasVersion", *_NUMBERS, SD + "namedGraph"))
    dataset = _node(release.iris.dataset())
    places = {each.object for each in described if (each.subject, each.predicate) == (dataset, _SPATIAL)}
    return tuple(each for each in described if each.subject not in places or not _is_other_label(each))


def _is_other_label(triple: Triple) -> bool:
    return triple.predicate.value == RDFS + "label" and _is_other_language(triple.object)


def _is_other_language(value: object) -> bool:
    return isinstance(value, Literal) and value.language not in (None, _DEFAULT_LANGUAGE)


def void(release: Release, iri: str) -> Graph:
    """Return the description in VoID: counts, and where to download the dataset."""
    return _part_of(description(release, iri), iri, (DCAT + "hasVersion", DCAT + "distribution"))


def version(release: Release, folder: Path, iri: str) -> Graph:
    """Return what the folder of a release says of it and its files; empty if it says nothing."""
    try:
        described = _description(folder, iri)
    except (OSError, SyntaxError):
        return ()
    return _part_of(described, iri, (), but=release.iris.dataset()[1:-1])


def _part_of(described: Graph, iri: str, without: tuple[str, ...], *, but: str = "") -> Graph:
    """Return what can be reached from a resource inside the description, not by some properties, nor one node."""
    said: dict[str, list[Triple]] = {}
    for triple in described:
        if triple.predicate.value not in without:
            said.setdefault(name_of_node(triple.subject), []).append(triple)
    reached, waiting = set[str](), [iri]
    while waiting:
        this = waiting.pop()
        if this in said and this not in reached and this != but:
            reached.add(this)
            waiting += [name_of_node(triple.object) for triple in said[this]]
    return tuple(triple for this in said if this in reached for triple in said[this])


@cache
def ontology() -> Graph:
    """Return the ontology, from its file."""
    return _from_files((ontology_directory() / "ns.ttl",))


@cache
def shapes() -> Graph:
    """Return the shapes that practice records must meet, from their files."""
    return _from_files(shapes_files())


def statements_of(store: Store, subject: NamedNode) -> Graph:
    """Return all triples of a subject, its type and names first."""
    return _sort_triples(quad.triple for quad in store.quads_for_pattern(subject, None, None, None))


def subjects_of(store: Store, predicate: str, value: str) -> Iterator[str]:
    """Yield the IRIs of the resources that have another one as the value of a property."""
    for quad in store.quads_for_pattern(None, NamedNode(predicate), NamedNode(value), None):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def objects_of(store: Store, subject: str, predicate: str) -> Iterator[str]:
    """Yield the IRIs that are values of a property of a resource."""
    for quad in store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, None):
        if isinstance(quad.object, NamedNode):
            yield quad.object.value


def _parts(store: Store, this: NamedNode) -> Graph:
    """Return what is said about the parts of a source, whose names are its own with a fragment: the first rows."""
    parts = store.quads_for_pattern(None, _PART_OF, this, None)
    parts_of_this = {
        quad.subject for quad in islice(parts, _MOST_PARTS) if isinstance(quad.subject, NamedNode)
    }
    if any(_ROW in part.value for part in parts_of_this):
        rows = {NamedNode(f"{this.value}{_ROW}{number}") for number in range(1, _MOST_PARTS + 1)}
        parts_of_this = {part for part in parts_of_this if _ROW not in part.value} | rows
    return tuple(
        triple for part in sorted(parts_of_this, key=_row_order) for triple in statements_of(store, part)
    )


def _row_order(part: NamedNode) -> tuple[int, str]:
    number = part.value.partition(_ROW)[2]
    return int(number) if number.isdecimal() else 0, part.value


def _from_files(paths: Iterable[Path]) -> Graph:
    dataset = Dataset()
    for path in paths:
        for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True):
            dataset.add(quad)
    add_labels(dataset)
    # So that every process names the blank nodes alike and a document's ETag stays.
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return _sort_triples(quad.triple for quad in dataset)


def _node(term: str) -> NamedNode:
    """Return the node of an IRI in angle brackets."""
    return NamedNode(term[1:-1])


def _sort_triples(triples: Iterable[Triple]) -> Graph:
    return tuple(sorted(set(triples), key=_place))


def _place(triple: Triple) -> tuple[bool, str, int, str, bool, str]:
    """Return what a triple is sorted by: texts in the default language come first, since portals read the first."""
    predicate, value = triple.predicate.value, triple.object
    blank = isinstance(triple.subject, BlankNode)
    return (
        blank,
        name_of_node(triple.subject),
        _FIRST.get(predicate, len(_FIRST)),
        predicate,
        _is_other_language(value),
        str(value),
    )
