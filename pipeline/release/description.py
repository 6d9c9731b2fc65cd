"""The description of a release: what the dataset file says, with the version, dumps and counts of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Dataset, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from pipeline import vocabulary
from pipeline.iris import Deployment
from pipeline.release.manifest import FileFacts
from pipeline.release.statistics import Statistics
from pipeline.release.terms import ntriples_lines
from pipeline.vocabulary import DCAT, DCT, FOAF, RDF, SD, SPDX, VCARD, VOID, XSD

_MEDIA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_DUMPS = {
    "dataset.nt.gz": ("nt", "N-Triples", "application/n-triples", "RDF_N_TRIPLES"),
    "dataset.ttl.gz": ("ttl", "Turtle", "text/turtle", "RDF_TURTLE"),
    "dataset.jsonld.gz": ("jsonld", "JSON-LD", "application/ld+json", "JSON_LD"),
    "catalogue.csv": ("csv", "CSV", "text/csv", "CSV"),
}
_SHA256 = SPDX + "checksumAlgorithm_sha256"
_Value = str | int | NamedNode | Literal
_Statements = dict[tuple[NamedNode, NamedNode], NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class Described:
    """What a release is described from; ``issued`` and ``modified`` are the first and last of its records."""

    deployment: Deployment
    version: str
    previous: str | None
    statistics: Statistics
    quads: Mapping[str, int]
    dumps: Mapping[str, FileFacts]
    issued: str
    modified: str


def describe_release(facts: Described, dataset_file: Path, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the description graph as sorted N-Triples lines; settings replace what the dataset file says."""
    graph = Dataset()
    base = facts.deployment.base + "/"
    stated = replacements(facts.deployment, settings)
    for quad in parse(path=str(dataset_file), format=RdfFormat.TURTLE, base_iri=base):
        if (quad.subject, quad.predicate) not in stated:
            graph.add(Quad(quad.subject, quad.predicate, quad.object))
    for (subject, predicate), value in stated.items():
        graph.add(Quad(subject, predicate, value))
    for say in (_dataset, _distributions, _service, _graphs, _partitions):
        for triple in say(facts):
            graph.add(Quad(*triple))
    return ntriples_lines(graph)


def replacements(deployment: Deployment, settings: Mapping[str, str]) -> _Statements:
    """Return what a publisher's settings say instead of the dataset file."""
    dataset, catalog = _node(deployment.dataset()), NamedNode(deployment.base + "/catalog")
    publisher, contact = _node(deployment.agent("publisher")), _node(deployment.agent("contact"))
    stated: _Statements = {}
    for name, term in (("title", DCT + "title"), ("description", DCT + "description")):
        if name in settings:
            stated[dataset, NamedNode(term)] = Literal(settings[name], language="en")
    if "publisher" in settings:
        stated[publisher, NamedNode(FOAF + "name")] = Literal(settings["publisher"])
    if "contact" in settings:
        address = settings["contact"]
        is_mail = "@" in address and ":" not in address
        stated[contact, NamedNode(VCARD + "hasEmail")] = NamedNode(
            f"mailto:{address}" if is_mail else address
        )
        stated[contact, NamedNode(VCARD + "fn")] = Literal(settings.get("publisher", address))
    if "licence" in settings:
        licence = NamedNode(settings["licence"])
        stated[dataset, NamedNode(DCT + "license")] = licence
        stated[catalog, NamedNode(DCT + "license")] = licence
        stated[licence, NamedNode(RDF + "type")] = NamedNode(DCT + "LicenseDocument")
    return stated


def as_turtle(lines: tuple[str, ...]) -> bytes:
    """Return N-Triples lines as a Turtle document with prefixes."""
    triples = parse("".join(lines), format=RdfFormat.N_TRIPLES)
    text = serialize(
        (quad.triple for quad in triples), format=RdfFormat.TURTLE, prefixes=vocabulary.prefixes()
    )
    assert text is not None
    return text


def _dataset(facts: Described) -> Iterator[Triple]:
    dataset = facts.deployment.dataset()[1:-1]
    release = facts.deployment.dataset(facts.version)[1:-1]
    for kind in (DCAT + "Dataset", VOID + "Dataset", SD + "Dataset"):
        yield _triple(dataset, RDF + "type", NamedNode(kind))
    yield _triple(release, RDF + "type", NamedNode(DCAT + "Dataset"))
    yield _triple(release, DCT + "title", _english(f"Intercultural good practices, release {facts.version}"))
    yield _triple(release, DCT + "description", _english("One release of the dataset, named by its content."))
    yield _triple(release, DCAT + "isVersionOf", NamedNode(dataset))
    yield _triple(dataset, DCAT + "hasVersion", NamedNode(release))
    for this in (dataset, release):
        yield _triple(this, DCAT + "version", facts.version)
        if facts.modified:
            yield _triple(this, DCT + "modified", _date_time(facts.modified))
    if facts.issued:
        yield _triple(dataset, DCT + "issued", _date_time(facts.issued))
    if facts.previous is not None:
        yield _triple(
            release, DCAT + "previousVersion", NamedNode(facts.deployment.dataset(facts.previous)[1:-1])
        )
    yield _triple(dataset, VOID + "triples", facts.statistics.triples)
    yield _triple(dataset, VOID + "entities", facts.statistics.classes[f"<{vocabulary.ICGP}GoodPractice>"])
    yield _triple(dataset, VOID + "distinctSubjects", facts.statistics.subjects)
    yield _triple(dataset, VOID + "classes", len(facts.statistics.classes))
    yield _triple(dataset, VOID + "properties", len(facts.statistics.properties))
    yield _triple(dataset, VOID + "uriSpace", facts.deployment.base + "/")
    yield _triple(dataset, VOID + "sparqlEndpoint", NamedNode(facts.deployment.base + "/sparql"))


def _distributions(facts: Described) -> Iterator[Triple]:
    dataset = facts.deployment.dataset()[1:-1]
    for name, found in facts.dumps.items():
        short, label, media_type, file_type = _DUMPS[name]
        this = f"{dataset}#{short}"
        url = NamedNode(f"{facts.deployment.base}/dumps/{name}")
        yield _triple(dataset, DCAT + "distribution", NamedNode(this))
        yield _triple(this, RDF + "type", NamedNode(DCAT + "Distribution"))
        yield _triple(this, DCT + "title", _english(f"All practices as {label}"))
        yield _triple(this, DCAT + "accessURL", NamedNode(dataset))
        yield _triple(this, DCAT + "downloadURL", url)
        yield from _typed(this, DCAT + "mediaType", _MEDIA + media_type, "MediaType")
        yield from _typed(this, DCT + "format", _FILE_TYPE + file_type, "MediaTypeOrExtent")
        yield _triple(this, DCAT + "byteSize", Literal(str(found.bytes), datatype=_xsd("nonNegativeInteger")))
        if name.endswith(".gz"):
            yield from _typed(this, DCAT + "compressFormat", _MEDIA + "application/gzip", "MediaType")
            yield _triple(dataset, VOID + "dataDump", url)
        yield from _checksum(this, found.sha256)


def _typed(subject: str, predicate: str, value: str, kind: str) -> Iterator[Triple]:
    """Say a thing of others together with its type, which harvesters want to find in the description."""
    yield _triple(subject, predicate, NamedNode(value))
    yield _triple(value, RDF + "type", NamedNode(DCT + kind))


def _service(facts: Described) -> Iterator[Triple]:
    service = facts.deployment.base + "/sparql"
    catalog = facts.deployment.base + "/catalog"
    yield _triple(catalog, DCAT + "service", NamedNode(service))
    yield _triple(service, RDF + "type", NamedNode(DCAT + "DataService"))
    yield _triple(service, DCT + "title", _english("SPARQL endpoint"))
    yield _triple(service, DCAT + "endpointURL", NamedNode(service))
    yield _triple(service, DCAT + "servesDataset", _node(facts.deployment.dataset()))


def _checksum(distribution: str, sha256: str) -> Iterator[Triple]:
    this = distribution + "-checksum"
    yield _triple(distribution, SPDX + "checksum", NamedNode(this))
    yield _triple(this, RDF + "type", NamedNode(SPDX + "Checksum"))
    yield _triple(this, SPDX + "algorithm", NamedNode(_SHA256))
    yield _triple(this, SPDX + "checksumValue", Literal(sha256, datatype=_xsd("hexBinary")))
    yield _triple(_SHA256, RDF + "type", NamedNode(SPDX + "ChecksumAlgorithm"))


def _graphs(facts: Described) -> Iterator[Triple]:
    """Name the graphs of the endpoint; the description's own size would change itself, so it is not told."""
    dataset = facts.deployment.dataset()[1:-1]
    for name in (*facts.quads, "description"):
        this = f"{dataset}#graph-{name}"
        graph = facts.deployment.graph(name)[1:-1]
        yield _triple(dataset, SD + "namedGraph", NamedNode(this))
        yield _triple(this, RDF + "type", NamedNode(SD + "NamedGraph"))
        yield _triple(this, SD + "name", NamedNode(graph))
        yield _triple(this, SD + "graph", NamedNode(graph))
        yield _triple(graph, RDF + "type", NamedNode(SD + "Graph"))
        if name in facts.quads:
            yield _triple(graph, VOID + "triples", facts.quads[name])


def _partitions(facts: Described) -> Iterator[Triple]:
    """Count the members of each class and the uses of each property."""
    dataset = facts.deployment.dataset()[1:-1]
    for number, (term, count) in enumerate(sorted(facts.statistics.classes.items()), 1):
        this = f"{dataset}#class-{number}"
        yield _triple(dataset, VOID + "classPartition", NamedNode(this))
        yield _triple(this, VOID + "class", NamedNode(term[1:-1]))
        yield _triple(this, VOID + "entities", count)
    for number, (term, count) in enumerate(sorted(facts.statistics.properties.items()), 1):
        this = f"{dataset}#property-{number}"
        yield _triple(dataset, VOID + "propertyPartition", NamedNode(this))
        yield _triple(this, VOID + "property", NamedNode(term[1:-1]))
        yield _triple(this, VOID + "triples", count)


def _triple(subject: str, predicate: str, value: _Value) -> Triple:
    obj = value if isinstance(value, NamedNode | Literal) else Literal(value)
    return Triple(NamedNode(subject), NamedNode(predicate), obj)


def _node(term: str) -> NamedNode:
    return NamedNode(term[1:-1])


def _english(text: str) -> Literal:
    return Literal(text, language="en")


def _date_time(text: str) -> Literal:
    return Literal(text, datatype=_xsd("dateTime"))


def _xsd(name: str) -> NamedNode:
    return NamedNode(XSD + name)
