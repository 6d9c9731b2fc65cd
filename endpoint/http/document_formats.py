"""Formats: those in which a document is available, the suffix of each, and how it is written."""

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from endpoint.http.negotiation import Offer
from pipeline.rdf.vocabulary import prefixes_of_pages
from pipeline.rdf.xml_characters import is_xml

HTML = Offer("text/html", "html")
JSON_LD = Offer("application/ld+json", "jsonld")
TURTLE = Offer("text/turtle", "ttl")
N_TRIPLES = Offer("application/n-triples", "nt")
RDF_XML = Offer("application/rdf+xml", "rdf")

SUFFIXES = {offer.format: offer for offer in (HTML, JSON_LD, TURTLE, N_TRIPLES, RDF_XML)}
"""Suffix → offer: the formats that have their own address, the one for people first."""

SUFFIX = f"any({', '.join(SUFFIXES)}):suffix"
"""One of the suffixes, as a part of a route."""

OFFERS = (
    *SUFFIXES.values(),
    Offer("application/json", "jsonld"),
    Offer("application/n-quads", "nt"),
    Offer("application/trig", "ttl"),
    Offer("text/n3", "ttl"),
)
"""What is negotiated. JSON-LD is JSON, each line of N-Triples is one of N-Quads, and Turtle is TriG and Notation3."""

NAMES = {"html": "HTML", "jsonld": "JSON-LD", "ttl": "Turtle", "nt": "N-Triples", "rdf": "RDF/XML"}

_BY_NAMESPACE = {namespace: prefix for prefix, namespace in prefixes_of_pages().items()}


def split_suffix(name: str) -> tuple[str, Offer | None]:
    """Return a document's name without its format suffix, and that format; None if it has none."""
    stem, dot, suffix = name.rpartition(".")
    if dot and stem and suffix in SUFFIXES:
        return stem, SUFFIXES[suffix]
    return name, None


def with_suffix(name: str, suffix: str) -> str:
    """Return a document's name with a format suffix, or as it is for an empty one."""
    return f"{name}.{suffix}" if suffix else name


def write(graph: Sequence[Triple], suffix: str) -> bytes | None:
    """Return a graph in an RDF format; None if the format cannot contain it (XML and control characters)."""
    written = serialize(graph, format=RdfFormat.from_extension(suffix), prefixes=_used_prefixes(graph))
    assert written is not None
    if suffix == "rdf" and not is_xml(written):
        return None
    return written


def _used_prefixes(graph: Iterable[Triple]) -> dict[str, str]:
    """Return the prefixes that a graph has a use for, so that a short document has a short head."""
    namespaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in _iris(graph)}
    return {_BY_NAMESPACE[namespace]: namespace for namespace in namespaces if namespace in _BY_NAMESPACE}


def _iris(graph: Iterable[Triple]) -> Iterator[str]:
    for triple in graph:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, NamedNode):
                yield term.value
            elif isinstance(term, Literal):
                yield term.datatype.value
