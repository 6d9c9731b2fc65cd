"""The description of the service: the endpoint in its own terms, with the release's graphs and statistics."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from endpoint.catalogue.open_release import Release
from endpoint.engine.question import QueryLimits
from endpoint.graphs import jsonld_documents
from endpoint.sparql.examples import ExampleQuery, examples
from endpoint.syntax.query_checks import MOST_DEPTH, MOST_OPERATORS, MOST_PATTERNS
from endpoint.syntax.query_form import form_of
from pipeline.rdf.sparql_functions import EXTENSION_FUNCTIONS
from pipeline.rdf.vocabulary import RDF, RDFS, SCHEMA, SD, SH, VOID, XSD, prefixes

_ENGINE = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_USED = ("dct", "rdfs", "schema", "sd", "sh", "void", "xsd")

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


def describe_service(release: Release, limits: QueryLimits, format_name: str) -> bytes:
    """Return the description as ttl, nt, rdf or jsonld."""
    graph = (
        *_fixed(release.base),
        *_functions(release.base),
        *_limits(release.base, limits),
        *_graphs(release),
        *_partitions(release),
        *_prefixes(release.base),
        *(triple for example in examples() for triple in _example(example, release.base)),
    )
    known = {name: prefixes()[name] for name in _USED}
    if format_name == "jsonld":
        return _json_ld(graph, known)
    written = serialize(graph, format=_ENGINE[format_name], prefixes=known)
    assert written is not None
    return written


def _json_ld(graph: tuple[Triple, ...], known: dict[str, str]) -> bytes:
    """Return a graph as JSON-LD with its prefixes as context, which nobody has to fetch."""
    nodes = [_shortened(node, known) for node in jsonld_documents.expand(graph)]
    document = {"@context": known, "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _shortened(node: jsonld_documents.Document, known: dict[str, str]) -> jsonld_documents.Document:
    return {_short(name, known): values for name, values in node.items()}


def _short(name: str, known: dict[str, str]) -> str:
    found = (f"{prefix}:{name.removeprefix(iri)}" for prefix, iri in known.items() if name.startswith(iri))
    return next(found, name)


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
    known = {
        "query-size": ("Size of a query", limits.query_bytes, "bytes"),
        "query-time": ("Time for a query", limits.seconds, "seconds"),
        "query-memory": ("Memory for a query", limits.memory, "bytes"),
        "query-patterns": ("Triple patterns that are joined in one group", MOST_PATTERNS, ""),
        "query-operators": ("Operators in a query (UNION, OPTIONAL, FILTER, ||, + …)", MOST_OPERATORS, ""),
        "query-depth": ("Depth of nested brackets", MOST_DEPTH, ""),
    }
    for identifier, (name, value, unit) in known.items():
        limit = NamedNode(f"{base}/sparql#limit-{identifier}")
        yield Triple(NamedNode(f"{base}/sparql"), NamedNode(f"{SCHEMA}additionalProperty"), limit)
        yield Triple(limit, _TYPE, NamedNode(f"{SCHEMA}PropertyValue"))
        yield Triple(limit, NamedNode(f"{SCHEMA}propertyID"), Literal(identifier))
        yield Triple(limit, NamedNode(f"{SCHEMA}name"), Literal(name, language="en"))
        yield Triple(limit, NamedNode(f"{SCHEMA}maxValue"), Literal(value))
        if unit:
            yield Triple(limit, NamedNode(f"{SCHEMA}unitText"), Literal(unit))


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
        yield _triples(graph, count)
    if counts:
        yield _triples(NamedNode(f"{release.base}/sparql#default-graph"), sum(counts.values()))


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


def _triples(graph: NamedNode, count: int) -> Triple:
    return Triple(
        graph, NamedNode(f"{VOID}triples"), Literal(str(count), datatype=NamedNode(f"{XSD}integer"))
    )
