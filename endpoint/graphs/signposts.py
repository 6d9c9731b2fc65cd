"""Signposts: the Link header of each document, for programs that look no further than that (FAIR Signposting)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from endpoint.catalogue.open_release import Release
from endpoint.graphs.dataset_publisher import licence_of
from endpoint.graphs.document_graphs import Graph, objects_of
from endpoint.http import document_formats
from endpoint.language.graph_facts import Facts
from pipeline.rdf.vocabulary import ADMS, DCAT, DCT, SCHEMA

MOST_BYTES = 4000
"""Beyond this a Link header may be refused on the way, so what is least missed is left out."""

_ABOUT_PAGE = "https://schema.org/AboutPage"
_METADATA = ("jsonld", "ttl")


@dataclass(frozen=True, slots=True)
class Signpost:
    """A relation of a document to an address, with the media type found there where that is of use."""

    relation: str
    target: str
    media_type: str = ""

    def __str__(self) -> str:
        """Return the signpost as a value of the Link header."""
        kind = f'; type="{self.media_type}"' if self.media_type else ""
        return f'<{self.target}>; rel="{self.relation}"{kind}'


_publishers: WeakKeyDictionary[Release, tuple[Signpost, ...]] = WeakKeyDictionary()
"""The signposts of each open release to its publisher and its licence, which every document has."""


def header(signposts: Iterable[Signpost]) -> str:
    """Return the value of a Link header, cut between its links where it would be too long."""
    text = ""
    for signpost in signposts:
        longer = f"{text}, {signpost}" if text else str(signpost)
        if len(longer) > MOST_BYTES:
            break
        text = longer
    return text


def of_document(path: str, query: str, canonical: str, suffix: str) -> Iterator[Signpost]:
    """Yield the signposts of every document: its name for search engines, its formats, and which describe it."""
    yield Signpost("canonical", canonical)
    for other, offer in document_formats.SUFFIXES.items():
        yield Signpost("alternate", f"{path}.{other}{query}", offer.media_type)
    if suffix != "html":
        yield Signpost("describes", f"{path}{query}")
        return
    for other in _METADATA:
        yield Signpost("describedby", f"{path}.{other}{query}", document_formats.SUFFIXES[other].media_type)


def of_practice(release: Release, graph: Graph, slug: str) -> tuple[Signpost, ...]:
    """Return the signposts of a practice's document."""
    facts, record = Facts(graph), release.iris.record(slug)[1:-1]
    licence = licence_of(release, facts.iris(record, DCT + "rights"))
    return (
        Signpost("cite-as", release.iris.practice(slug)[1:-1]),
        Signpost("type", _ABOUT_PAGE),
        Signpost("type", SCHEMA + "Article"),
        *(Signpost("author", iri) for iri in facts.iris(record, DCT + "rightsHolder")),
        *(Signpost("license", iri) for iri in (licence,) if iri),
        Signpost("item", f"{record}.html", "text/html"),
        Signpost("collection", f"{release.base}/practices"),
        Signpost("up", f"{release.base}/practices"),
    )


def of_concept(release: Release, iri: str, *, up: str) -> tuple[Signpost, ...]:
    """Return the signposts of a city's, topic's, country's or year's document, and of other vocabulary."""
    return (Signpost("cite-as", iri), *_of_kind(release, "CollectionPage", up=up))


def of_dataset(release: Release, graph: Graph, iri: str) -> tuple[Signpost, ...]:
    """Return the signposts of the dataset's document: what can be downloaded, and its media type."""
    facts = Facts(graph)
    return (
        Signpost("cite-as", next(iter(facts.iris(iri, ADMS + "identifier")), iri)),
        Signpost("type", _ABOUT_PAGE),
        Signpost("type", SCHEMA + "Dataset"),
        *_of_publisher(release),
        *(
            Signpost("item", url, _media_type(facts, distribution))
            for distribution in facts.iris(iri, DCAT + "distribution")
            for url in facts.iris(distribution, DCAT + "downloadURL")
        ),
        Signpost("collection", f"{release.base}/catalog"),
        Signpost("up", f"{release.base}/"),
    )


def of_catalog(release: Release, iri: str) -> tuple[Signpost, ...]:
    """Return the signposts of the catalogue's document, which links to the dataset."""
    return (
        Signpost("cite-as", iri),
        Signpost("type", _ABOUT_PAGE),
        Signpost("type", SCHEMA + "DataCatalog"),
        *_of_publisher(release),
        Signpost("item", f"{release.base}/dataset"),
        Signpost("up", f"{release.base}/"),
    )


def of_site(release: Release, root: str, spoken: str) -> tuple[Signpost, ...]:
    """Return the signposts of the start page, from which a program finds all the others."""
    described = (document_formats.SUFFIXES[suffix] for suffix in ("ttl", "jsonld", "rdf"))
    return (
        Signpost("canonical", f"{release.base}{spoken}/"),
        Signpost("type", _ABOUT_PAGE),
        Signpost("type", SCHEMA + "DataCatalog"),
        *_of_publisher(release),
        *(Signpost("describedby", f"{root}/catalog.{each.format}", each.media_type) for each in described),
        Signpost("item", f"{release.base}/dataset"),
        Signpost("service-desc", f"{root}/sparql", "text/turtle"),
        Signpost("service-desc", f"{root}/openapi.json", "application/vnd.oai.openapi+json"),
        Signpost("alternate", f"{root}{spoken}/practices.atom", "application/atom+xml"),
    )


def of_list(release: Release) -> tuple[Signpost, ...]:
    """Return the signposts of a list of practices."""
    return _of_kind(release, "CollectionPage", up="/")


def of_resource(release: Release, iri: str) -> tuple[Signpost, ...]:
    """Return the signposts of any other resource's document."""
    return (Signpost("cite-as", iri), *_of_kind(release, up="/dataset"))


def _of_kind(release: Release, *kinds: str, up: str) -> tuple[Signpost, ...]:
    """Return the signposts of a page in the dataset: its types, who answers for it, and the page above it."""
    return (
        Signpost("type", _ABOUT_PAGE),
        *(Signpost("type", SCHEMA + kind) for kind in kinds),
        *_of_publisher(release),
        Signpost("collection", f"{release.base}/dataset"),
        Signpost("up", release.base + up),
    )


def _of_publisher(release: Release) -> tuple[Signpost, ...]:
    if release not in _publishers:
        dataset = release.iris.dataset()[1:-1]
        _publishers[release] = tuple(
            Signpost(relation, iri)
            for relation, predicate in (("author", DCT + "creator"), ("license", DCT + "license"))
            for iri in objects_of(release.store, dataset, predicate)
        )
    return _publishers[release]


def _media_type(facts: Facts, distribution: str) -> str:
    """Return the media type of a download's bytes: where they are compressed, that of the compression."""
    kinds = facts.iris(distribution, DCAT + "compressFormat") or facts.iris(distribution, DCAT + "mediaType")
    return kinds[0].partition("/media-types/")[2] if kinds else ""
