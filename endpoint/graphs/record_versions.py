"""Versions: the events of a record as linked data, and the statements of each version."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.graphs.document_graphs import Graph
from pipeline.rdf.vocabulary import ACTIVITY, CHANGESET, DCT, PROV, RDF, RDFS, XSD
from pipeline.records.history.history_fields import LANGUAGES, activity_of, change_text, statements

TIME = NamedNode(PROV + "generatedAtTime")
VERSION_OF = NamedNode(DCT + "isVersionOf")

_TYPE = NamedNode(RDF + "type")
_SUBJECT_OF_CHANGE = NamedNode(CHANGESET + "subjectOfChange")
_SPO = tuple(NamedNode(RDF + name) for name in ("subject", "predicate", "object"))


def iri_of(release: Release, version: Version) -> NamedNode:
    """Return the name of a version, which no other version ever has."""
    return NamedNode(release.iris.version(version.slug, version.stamp)[1:-1])


def practice_of(release: Release, slug: str) -> NamedNode:
    """Return the name of a practice."""
    return NamedNode(release.iris.practice(slug)[1:-1])


def about(release: Release, version: Version) -> Iterator[Triple]:
    """Yield the statements about a version besides its content: its record, its date, its release and its changes."""
    this = iri_of(release, version)
    yield Triple(this, _TYPE, NamedNode(ACTIVITY + activity_of(version.kind)))
    yield Triple(this, VERSION_OF, practice_of(release, version.slug))
    yield Triple(this, TIME, Literal(version.at, datatype=NamedNode(XSD + "dateTime")))
    if version.release:
        run = NamedNode(release.iris.run(version.release)[1:-1])
        yield Triple(this, NamedNode(PROV + "wasGeneratedBy"), run)
    for language in LANGUAGES:
        sentence = Literal(change_text(version.kind, version.fields, language), language=language)
        yield Triple(this, NamedNode(RDFS + "comment"), sentence)
    if version.replaced_by:
        yield Triple(this, NamedNode(DCT + "isReplacedBy"), practice_of(release, version.replaced_by))


def content(release: Release, version: Version) -> Iterator[Triple]:
    """Yield what a version said, of itself instead of the practice.

    The practice's period and record become parts of the version, since they had other contents at other times.
    """
    lines = release_history.content(release, version)
    this = iri_of(release, version)
    iris = release.iris
    names = {
        iris.practice(version.slug)[1:-1]: this,
        iris.period(version.slug)[1:-1]: NamedNode(f"{this.value}#period"),
        iris.record(version.slug)[1:-1]: NamedNode(f"{this.value}#record"),
    }
    for quad in parse(lines, format=RdfFormat.N_TRIPLES):
        subject, value = quad.subject, quad.object
        assert isinstance(subject, NamedNode)
        if isinstance(value, NamedNode):
            value = names.get(value.value, value)
        yield Triple(names.get(subject.value, subject), quad.predicate, value)


def changes(release: Release, version: Version, before: Version) -> Iterator[Triple]:
    """Yield the differences between a version and the one before it, as a change set."""
    old, new = release_history.content(release, before), release_history.content(release, version)
    if not old or not new:
        return
    this = NamedNode(f"{iri_of(release, version).value}#change")
    yield Triple(this, _TYPE, NamedNode(CHANGESET + "ChangeSet"))
    yield Triple(this, _SUBJECT_OF_CHANGE, practice_of(release, version.slug))
    yield Triple(
        this, NamedNode(CHANGESET + "createdDate"), Literal(version.at, datatype=NamedNode(XSD + "dateTime"))
    )
    parts = [
        (NamedNode(f"{this.value}-{name}-{number}"), NamedNode(CHANGESET + name), triple)
        for name, triples in (("removal", statements(old, new)), ("addition", statements(new, old)))
        for number, triple in enumerate(triples, 1)
    ]
    for part, relation, _ in parts:
        yield Triple(this, relation, part)
    for part, _, triple in parts:
        yield Triple(part, _TYPE, NamedNode(RDF + "Statement"))
        for predicate, term in zip(_SPO, (triple.subject, triple.predicate, triple.object), strict=True):
            yield Triple(part, predicate, term)


def of_record(release: Release, slug: str, versions: tuple[Version, ...]) -> Graph:
    """Return the history of a record: its versions, the latest first, and by what each differs from the one before."""
    graph: list[Triple] = []
    for at, version in enumerate(versions):
        graph += about(release, version)
        before = versions[at + 1] if at + 1 < len(versions) else None
        if before is not None:
            revision = NamedNode(PROV + "wasRevisionOf")
            graph.append(Triple(iri_of(release, version), revision, iri_of(release, before)))
            graph += changes(release, version, before)
    latest = Triple(practice_of(release, slug), NamedNode(DCT + "hasVersion"), iri_of(release, versions[0]))
    return (latest, *graph)
