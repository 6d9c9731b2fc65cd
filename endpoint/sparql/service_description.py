"""The description of the service: the endpoint in its own terms, with the release's graphs and statistics."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from endpoint.catalogue.open_release import Release
from endpoint.engine.question import QueryLimits
from endpoint.graphs import jsonld_documents
from endpoint.sparql.class_descriptions import Data, expanded
from endpoint.sparql.description_data import description_data, known_limits
from endpoint.sparql.examples import ExampleQuery, examples
from endpoint.sparql.turtle_sections import Section, write_sections
from endpoint.syntax.query_form import form_of
from pipeline.rdf.sparql_functions import EXTENSION_FUNCTIONS
from pipeline.rdf.vocabulary import ICGP, OWL, RDF, RDFS, SCHEMA, SD, SH, SKOS, VOID, XSD, prefixes

_ENGINE = {"nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_USED = (
    *("icgp", "topic", "country", "dcat", "dct", "foaf", "owl", "prov", "rdf", "rdfs", "schema", "sd", "sh"),
    *("skos", "time", "vcard", "void", "wgs", "xsd"),
)
_OF_FORMATS = {"formats": "http://www.w3.org/ns/formats/", "ent": "http://www.w3.org/ns/entailment/"}
_OF_VOCABULARIES = (OWL, RDFS, SD, VOID)
"""Namespaces whose classes describe vocabularies and the service itself: JSON and the page include them too."""
_VOID_EXT = "http://ldf.fi/void-ext#"

_TYPE = NamedNode(f"{RDF}type")
_PARTITIONS = ("classPartition", "propertyPartition")
_QUERY_PROPERTY = {
    "SELECT": f"{SH}select",
    "ASK": f"{SH}ask",
    "CONSTRUCT": f"{SH}construct",
    "DESCRIBE": "https://purl.expasy.org/sparql-examples/ontology#describe",
}
"""SHACL has no property for the text of a DESCRIBE; editors that read such descriptions know this one."""

_CLASS = {
    "SELECT": f"{SH}SPARQLSelectExecutable",
    "ASK": f"{SH}SPARQLAskExecutable",
    "CONSTRUCT": f"{SH}SPARQLConstructExecutable",
    "DESCRIBE": "https://purl.expasy.org/sparql-examples/ontology#SPARQLDescribeExecutable",
}


def describe_service(
    release: Release, limits: QueryLimits, format_name: str, *, is_remote: bool = False
) -> bytes:
    """Return the description as ttl, nt, rdf or jsonld; of a remote store it is not known which functions it has."""
    data = description_data(release, limits, is_remote=is_remote)
    sections = tuple(_sections(release, limits, data))
    known = {name: prefixes()[name] for name in _USED} | {"void-ext": _VOID_EXT}
    if format_name == "ttl":
        here = {"here": f"{release.base}/sparql#", "graph": f"{release.base}/graph/"}
        functions = {name: namespace for name, (namespace, _) in EXTENSION_FUNCTIONS.items()}
        return write_sections(sections, known | functions | _OF_FORMATS | here)
    graph = tuple(triple for section in sections for triple in section.triples)
    if format_name == "jsonld":
        return _json_ld(graph, known)
    written = serialize(graph, format=_ENGINE[format_name], prefixes=known)
    assert written is not None
    return written


def _sections(release: Release, limits: QueryLimits, data: Data) -> Iterator[Section]:
    """Yield the description section by section, in the order in which one who writes a query needs them."""
    base = release.base
    yield Section("The service", _fixed(base))
    yield Section(
        "Texts, languages, labels and codes",
        tuple(_notes(base, data)),
        ("Queries that show it: /sparql/about",),
    )
    yield Section("The named graphs; the default graph is their union", tuple(_graphs(release)))
    yield Section("What a query may have and spend", tuple(_limits(base, limits)))
    classes = [each for each in data["classes"] if not each["iri"].startswith(_OF_VOCABULARIES)]
    for each in classes:
        if each["iri"].startswith(ICGP):
            yield _of_class(each, base)
    if not data["classes"]:
        yield Section("Classes and properties", tuple(_partitions(release)))
    for facet, codes in data["codes"].items():
        yield Section(f"Codes: {facet}", tuple(_codes(codes)))
    yield Section("Functions beside those of SPARQL", tuple(_functions(base)) if data["functions"] else ())
    yield Section("Prefixes", tuple(_prefixes(base)))
    for example in examples():
        yield Section(f"Example: {example.title['en']}", tuple(_example(example, base)))
    for each in classes:
        if not each["iri"].startswith(ICGP):
            yield _of_class(each, base)


def _of_class(described: Data, base: str) -> Section:
    heading = f"{described['name']}: {described['count']}"
    return Section(heading, tuple(_class(described, base)), tuple(_told(described)))


def _notes(base: str, data: Data) -> Iterator[Triple]:
    service = NamedNode(f"{base}/sparql")
    for note in data["notes"]:
        for language in ("en", "fr"):
            yield Triple(service, NamedNode(f"{SKOS}note"), Literal(note[language], language=language))


def _told(described: Data) -> Iterator[str]:
    """Yield the lines of comment on a class."""
    yield from (text for language, text in described["definitions"].items() if language == "en")
    for name, count in described["includes"].items():
        yield f"{count} of these are of class {name}, with the properties that are listed there."


def _class(described: Data, base: str) -> Iterator[Triple]:
    """Yield what is known of a class, as VoID has it: partitions by property, and by class, datatype and language."""
    this = NamedNode(f"{base}/sparql#class-{quote(described['name'].replace(':', '-'), safe='-')}")
    yield Triple(NamedNode(f"{base}/sparql#default-graph"), _void("classPartition"), this)
    yield Triple(this, _void("class"), NamedNode(described["iri"]))
    yield _count(this, "entities", described["count"])
    if described["example"]:
        yield Triple(this, _void("exampleResource"), NamedNode(described["example"]))
    for each in described["properties"]:
        yield from _property(this, each)


def _property(partition: NamedNode, described: Data) -> Iterator[Triple]:
    this = BlankNode()
    yield Triple(partition, _void("propertyPartition"), this)
    yield Triple(this, _void("property"), NamedNode(described["iri"]))
    yield _count(this, "triples", described["triples"])
    yield _count(this, "distinctSubjects", described["subjects"])
    least, most = described["least"], described["most"]
    values = f"{least}" if least == most else f"{least} to {most}"
    plural = "" if most == 1 else "s"
    text = f"Each has {values} value{plural}, such as {described['example']}"
    yield Triple(this, NamedNode(f"{RDFS}comment"), Literal(text, language="en"))
    for name in described["classes"]:
        kind = BlankNode()
        yield Triple(this, _void("classPartition"), kind)
        yield Triple(kind, _void("class"), NamedNode(expanded(name)))
    for name, count in described["datatypes"].items():
        kind = BlankNode()
        yield Triple(this, NamedNode(f"{_VOID_EXT}datatypePartition"), kind)
        yield Triple(kind, NamedNode(f"{_VOID_EXT}datatype"), NamedNode(expanded(name)))
        yield _count(kind, "triples", count)
    for tag, count in described["languages"].items():
        kind = BlankNode()
        yield Triple(this, NamedNode(f"{_VOID_EXT}languagePartition"), kind)
        yield Triple(kind, NamedNode(f"{_VOID_EXT}language"), Literal(tag))
        yield _count(kind, "triples", count)


def _codes(codes: list[Data]) -> Iterator[Triple]:
    for code in codes:
        for language, label in code["labels"].items():
            yield Triple(NamedNode(code["iri"]), NamedNode(f"{RDFS}label"), Literal(label, language=language))


def _void(name: str) -> NamedNode:
    return NamedNode(VOID + name)


def _count(this: NamedNode | BlankNode, name: str, count: int) -> Triple:
    return Triple(this, _void(name), Literal(count))


def _json_ld(graph: tuple[Triple, ...], known: dict[str, str]) -> bytes:
    """Return a graph as JSON-LD with its prefixes as context, which nobody has to fetch."""
    nodes = [_shortened(node, known) for node in jsonld_documents.expand(graph)]
    document = {"@context": known, "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _shortened(node: jsonld_documents.Document, known: dict[str, str]) -> jsonld_documents.Document:
    return {_short(name, known): values for name, values in node.items()}


def _short(name: str, known: dict[str, str]) -> str:
    names = (f"{prefix}:{name.removeprefix(iri)}" for prefix, iri in known.items() if name.startswith(iri))
    return next(names, name)


@cache
def _fixed(base: str) -> tuple[Triple, ...]:
    content = (files(__package__) / "service_description.ttl").read_bytes()
    return tuple(quad.triple for quad in parse(content, RdfFormat.TURTLE, base_iri=f"{base}/"))


def _functions(base: str) -> Iterator[Triple]:
    """Yield the functions that a query can call beside those of SPARQL 1.1."""
    service = NamedNode(f"{base}/sparql")
    for namespace, names in EXTENSION_FUNCTIONS.values():
        for name in names:
            function = NamedNode(namespace + name)
            yield Triple(service, NamedNode(f"{SD}extensionFunction"), function)
            yield Triple(function, _TYPE, NamedNode(f"{SD}Function"))


def _limits(base: str, limits: QueryLimits) -> Iterator[Triple]:
    """Yield what a query may have and spend."""
    for known in known_limits(limits):
        limit = NamedNode(f"{base}/sparql#limit-{known['id']}")
        yield Triple(NamedNode(f"{base}/sparql"), NamedNode(f"{SCHEMA}additionalProperty"), limit)
        yield Triple(limit, _TYPE, NamedNode(f"{SCHEMA}PropertyValue"))
        yield Triple(limit, NamedNode(f"{SCHEMA}propertyID"), Literal(known["id"]))
        yield Triple(limit, NamedNode(f"{SCHEMA}name"), Literal(known["label"], language="en"))
        yield Triple(limit, NamedNode(f"{SCHEMA}maxValue"), Literal(known["most"]))
        if known["unit"]:
            yield Triple(limit, NamedNode(f"{SCHEMA}unitText"), Literal(known["unit"]))


def _graphs(release: Release) -> Iterator[Triple]:
    """Yield the named graphs of the release, and how many triples are in each and in their union."""
    counts: dict[str, int] = release.manifest.counts.get("graphs", {})
    dataset = NamedNode(f"{release.base}/sparql#dataset")
    for name in counts:
        yield Triple(dataset, NamedNode(f"{SD}namedGraph"), NamedNode(f"{release.base}/sparql#{name}"))
    for name, count in counts.items():
        named = NamedNode(f"{release.base}/sparql#{name}")
        graph = NamedNode(f"{release.base}/sparql#{name}-graph")
        yield Triple(named, _TYPE, NamedNode(f"{SD}NamedGraph"))
        yield Triple(named, NamedNode(f"{SD}name"), NamedNode(f"{release.base}/graph/{name}"))
        yield Triple(named, NamedNode(f"{SD}graph"), graph)
        yield Triple(graph, _TYPE, NamedNode(f"{SD}Graph"))
        yield _count(graph, "triples", count)
    if counts:
        yield _count(NamedNode(f"{release.base}/sparql#default-graph"), "triples", sum(counts.values()))


def _partitions(release: Release) -> Iterator[Triple]:
    """Yield how often each class and property is used, as the release counts it, of the default graph."""
    default = NamedNode(f"{release.base}/sparql#default-graph")
    described = release.store.quads_for_pattern(
        NamedNode(f"{release.base}/dataset"), None, None, NamedNode(f"{release.base}/graph/description")
    )
    for quad in described:
        if quad.predicate.value.removeprefix(VOID) not in _PARTITIONS or not isinstance(
            quad.object, NamedNode
        ):
            continue
        yield Triple(default, quad.predicate, quad.object)
        for said in release.store.quads_for_pattern(quad.object, None, None, None):
            yield said.triple


def _prefixes(base: str) -> Iterator[Triple]:
    """Yield the prefixes that examples and results use, as editors read them."""
    declarer = NamedNode(f"{base}/sparql#prefixes")
    for prefix, namespace in prefixes().items():
        declared = NamedNode(f"{base}/sparql#prefix-{prefix}")
        yield Triple(declarer, NamedNode(f"{SH}declare"), declared)
        yield Triple(declared, _TYPE, NamedNode(f"{SH}PrefixDeclaration"))
        yield Triple(declared, NamedNode(f"{SH}prefix"), Literal(prefix))
        yield Triple(
            declared,
            NamedNode(f"{SH}namespace"),
            Literal(namespace, datatype=NamedNode(f"{XSD}anyURI")),
        )


def _example(example: ExampleQuery, base: str) -> Iterator[Triple]:
    """Yield an example query, with its prefixes also declared outside of it."""
    form = form_of(example.query)
    this = NamedNode(f"{base}/sparql#example-{example.name}")
    yield Triple(this, _TYPE, NamedNode(f"{SH}SPARQLExecutable"))
    yield Triple(this, _TYPE, NamedNode(_CLASS[form]))
    for language, title in example.title.items():
        yield Triple(this, NamedNode(f"{RDFS}label"), Literal(title, language=language))
    for language, description in example.description.items():
        yield Triple(this, NamedNode(f"{RDFS}comment"), Literal(description, language=language))
    yield Triple(this, NamedNode(_QUERY_PROPERTY[form]), Literal(example.query))
    yield Triple(this, NamedNode(f"{SH}prefixes"), NamedNode(f"{base}/sparql#prefixes"))
    yield Triple(this, NamedNode(f"{SCHEMA}target"), NamedNode(f"{base}/sparql"))
