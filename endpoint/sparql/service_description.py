"""The description of the service: the endpoint in its own terms, with the release's graphs and statistics."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from endpoint.catalogue.open_release import Release
from endpoint.engine.question import QueryLimits
from endpoint.graphs import jsonld_documents
from endpoint.sparql.class_descriptions import Data, expand_name
from endpoint.sparql.description_data import description_data
from endpoint.sparql.turtle_sections import Section, write_sections
from endpoint.syntax.query_form import form_of
from pipeline.rdf.sparql_functions import EXTENSION_FUNCTIONS
from pipeline.rdf.turtle_templates import turtle_template
from pipeline.rdf.vocabulary import ICGP, OWL, RDFS, SD, VOID, prefixes

_USED = (
    *("icgp", "topic", "country", "dcat", "dct", "foaf", "owl", "prov", "rdf", "rdfs", "schema", "sd", "sh"),
    *("skos", "time", "vcard", "void", "wgs", "xsd"),
)
_OF_FORMATS = {"formats": "http://www.w3.org/ns/formats/", "ent": "http://www.w3.org/ns/entailment/"}
_OF_VOCABULARIES = (OWL, RDFS, SD, VOID)
"""Namespaces whose classes describe vocabularies and the service itself: JSON and the page include them too."""
_VOID_EXT = "http://ldf.fi/void-ext#"

_PARTITIONS = ("classPartition", "propertyPartition")
_QUERY_PROPERTY = {
    "SELECT": "sh:select",
    "ASK": "sh:ask",
    "CONSTRUCT": "sh:construct",
    "DESCRIBE": "<https://purl.expasy.org/sparql-examples/ontology#describe>",
}
"""SHACL has no property for the text of a DESCRIBE; editors that read such descriptions know this one."""

_CLASS = {
    "SELECT": "sh:SPARQLSelectExecutable",
    "ASK": "sh:SPARQLAskExecutable",
    "CONSTRUCT": "sh:SPARQLConstructExecutable",
    "DESCRIBE": "<https://purl.expasy.org/sparql-examples/ontology#SPARQLDescribeExecutable>",
}


def describe_service(
    release: Release, limits: QueryLimits, format_name: str, *, is_remote: bool = False
) -> bytes:
    """Return the description as ttl, nt, rdf or jsonld; of a remote store it is not known which functions it has."""
    known = {name: prefixes()[name] for name in _USED} | {"void-ext": _VOID_EXT}
    sections = tuple(_sections(release, description_data(release, limits, is_remote=is_remote), known))
    if format_name == "ttl":
        here = {"here": f"{release.base}/sparql#", "graph": f"{release.base}/graph/"}
        functions = {name: namespace for name, (namespace, _) in EXTENSION_FUNCTIONS.items()}
        return write_sections(sections, known | functions | _OF_FORMATS | here)
    graph = tuple(triple for section in sections for triple in section.triples)
    if format_name == "jsonld":
        return _json_ld(graph, known)
    written = serialize(graph, format=RdfFormat.from_extension(format_name), prefixes=known)
    assert written is not None
    return written


def _sections(release: Release, data: Data, known: dict[str, str]) -> Iterator[Section]:
    """Yield the description section by section, in the order in which one who writes a query needs them."""
    classes = [each for each in data["classes"] if not each["iri"].startswith(_OF_VOCABULARIES)]
    filters = {"expanded": expand_name, "form_of": form_of, "fragment": _fragment}
    text = turtle_template(__package__, "service_description.ttl.template", **filters).render(
        data=data,
        own=[each for each in classes if each["iri"].startswith(ICGP)],
        others=[each for each in classes if not each["iri"].startswith(ICGP)],
        partitions=_partitions(release),
        executables=_CLASS,
        texts=_QUERY_PROPERTY,
    )
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in (known | _OF_FORMATS).items())
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _, turtle = part.partition("\n")
        quads = parse(declared + turtle, RdfFormat.TURTLE, base_iri=f"{release.base}/")
        lines = tuple(re.findall(r"^# (.*)$", turtle, re.MULTILINE))
        yield Section(heading, tuple(quad.triple for quad in quads), lines)


def _fragment(name: str) -> str:
    return quote(name.replace(":", "-"), safe="-")


def _partitions(release: Release) -> Iterator[Triple]:
    """Yield how often each class and property is used, as the release counts it, of the default graph."""
    default = NamedNode(f"{release.base}/sparql#default-graph")
    described = release.store.quads_for_pattern(
        NamedNode(f"{release.base}/dataset"), None, None, NamedNode(f"{release.base}/graph/description")
    )
    for quad in described:
        if quad.predicate.value.removeprefix(VOID) in _PARTITIONS and isinstance(quad.object, NamedNode):
            yield Triple(default, quad.predicate, quad.object)
            for said in release.store.quads_for_pattern(quad.object, None, None, None):
                yield said.triple


def _json_ld(graph: tuple[Triple, ...], known: dict[str, str]) -> bytes:
    """Return a graph as JSON-LD with its prefixes as context, which nobody has to fetch."""
    nodes = [
        {_short(name, known): values for name, values in node.items()}
        for node in jsonld_documents.expand(graph)
    ]
    document = {"@context": known, "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _short(name: str, known: dict[str, str]) -> str:
    names = (f"{prefix}:{name.removeprefix(iri)}" for prefix, iri in known.items() if name.startswith(iri))
    return next(names, name)
