"""Finders: the document behind each kind of name, its graph and what its page shows."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue.archived import folder_of, manifest_of
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import first
from endpoint.catalogue.selection import Selection
from endpoint.documents import memento
from endpoint.graphs import document_graphs, frames, page_structure, schema_org, signposts
from endpoint.graphs.document_graphs import Graph, statements_of, subjects_of
from endpoint.graphs.hydra import Collection, collection_graph, read_collection
from endpoint.graphs.page_structure import collection_page
from endpoint.graphs.signposts import Signpost
from endpoint.language.graph_facts import Facts, Text
from endpoint.pages.concept_page import concept_page, scheme_page
from endpoint.pages.dataset_page import dataset_page, void_page
from endpoint.pages.practice_page import practice_page
from endpoint.pages.source_page import source_page
from endpoint.pages.terms_page import terms_page
from pipeline.rdf.iris import is_slug
from pipeline.rdf.vocabulary import (
    DCT,
    FOAF,
    ICGP,
    ONTOLOGY_IRI,
    OWL,
    PROV,
    RDF,
    RDFS,
    SHAPES_IRI,
    SKOS,
    SPACE,
    VOID,
    XSD,
)

_TYPE = NamedNode(RDF + "type")
_CLASSES = {facet: NamedNode(ICGP + facet.capitalize()) for facet in ("topic", "country", "year", "city")}
_PATHS = {"city": "/doc/city/"}
_DUMP = NamedNode(VOID + "dataDump")
_UP = {"topic": "/topic", "country": "/country"}
_DESCRIPTIONS = {"catalog": document_graphs.catalog, "void": document_graphs.void}
_SOURCE = "source/"
_NAME = re.compile(r"[A-Za-z0-9-]+")
_TITLES = (RDFS + "label", DCT + "title", FOAF + "name", SKOS + "prefLabel")


_SCHEMES = ("topic", "country", "year")
"""The schemes by the first step of their addresses, which are those of facets too."""


@dataclass(frozen=True, slots=True)
class Document:
    """What an address answers with: a graph, and the template that shows it with what ``view`` returns.

    ``listed`` is the part of the graph whose statements the page lists; ``frame`` is the name of the frame by
    which its JSON-LD is nested; ``modified`` is when what it tells of was changed, where that is known apart
    from the release; ``signposts`` are those that other kinds of documents do not have; ``schema`` returns what
    search engines are told, and ``structure`` where the page is and what it lists. If not ``is_embedded``, the page
    links to the JSON-LD and does not contain it: long lists for programs.
    """

    iri: str
    graph: Graph
    listed: Graph
    template: str
    view: Callable[[], object]
    status: int = 200
    frame: str = ""
    modified: str = ""
    is_embedded: bool = True
    signposts: tuple[Signpost, ...] = ()
    schema: Callable[[], dict[str, Any]] | None = None
    structure: Callable[[], tuple[dict[str, Any], ...]] | None = None


Find = Callable[[Release, str], Document | None]


def practice(release: Release, slug: str) -> Document | None:
    """Return a practice's document, or the tombstone of one that was withdrawn."""
    if not is_slug(slug):
        return None
    iri = release.iris.practice(slug)[1:-1]
    graph = document_graphs.practice(release, slug)
    if not graph:
        return tombstone(release, slug)
    return Document(
        iri,
        (*graph, *document_graphs.names_within(release, graph)),
        graph,
        "practice.html",
        partial(practice_page, release, slug, graph),
        frame=frames.PRACTICE,
        modified=release.practice_modified(slug),
        signposts=(*signposts.of_practice(release, graph, slug), *memento.of_record(release, slug)),
        schema=partial(schema_org.article, release, slug, graph),
        structure=lambda: (page_structure.of_practice(release, slug, graph),),
    )


def city(selection: Selection) -> Find:
    """Return the finder of cities, with the practices of each that a selection finds."""

    def find(release: Release, key: str) -> Document | None:
        return concept("city", f"{release.base}/city/", selection)(release, key) if is_slug(key) else None

    return find


def concept(facet: str, space: str, selection: Selection) -> Find:
    """Return the finder of a facet's values, with the practices of each that a selection finds."""

    def find(release: Release, name: str) -> Document | None:
        if not _NAME.fullmatch(name):
            return None
        iri = space + name
        graph = document_graphs.resource(release, iri)
        if Triple(NamedNode(iri), _TYPE, _CLASSES[facet]) not in graph:
            return _plain(release, graph, iri, name) if graph else None
        address = f"{release.base}{_PATHS.get(facet, f'/{facet}/')}{name}"
        listed = read_collection(release, address, selection, facet=facet, value=name, topic=iri)
        return Document(
            iri,
            (*collection_graph(release, listed), *graph, *document_graphs.names_within(release, graph)),
            graph,
            "concept.html",
            partial(concept_page, release, facet, name, graph, iri, listed),
            status=404 if listed.is_beyond else 200,
            frame=frames.COLLECTION,
            modified=_concept_modified(release, facet, name, iri, listed),
            signposts=signposts.of_concept(release, iri, up=_UP.get(facet, "/practices")),
            structure=lambda: page_structure.of_concept(release, iri, graph, listed),
        )

    return find


def _concept_modified(release: Release, facet: str, name: str, iri: str, listed: Collection) -> str:
    """Return when a page of a concept last changed; statements about a city come with its practices and its parts."""
    if facet != "city":
        return release.page_modified(listed.result.positions, facet, name)
    keys = (part.rpartition("/")[2] for part in subjects_of(release.store, DCT + "isPartOf", iri))
    return max(release.list_modified("city", key) for key in (name, *keys))


def ontology(release: Release, _: str) -> Document:
    """Return the ontology's document."""
    return _terms(release, ONTOLOGY_IRI, document_graphs.ontology())


def shapes(release: Release, _: str) -> Document:
    """Return the shapes' document."""
    return _terms(release, SHAPES_IRI, document_graphs.shapes())


def _terms(release: Release, iri: str, graph: Graph) -> Document:
    posts = signposts.of_concept(release, iri, up="/dataset")
    view = partial(terms_page, release, iri, graph)
    return Document(iri, graph, (), "terms.html", view, modified=release.common_modified, signposts=posts)


def dataset(release: Release, _: str) -> Document:
    """Return the dataset's document."""
    iri = release.iris.dataset()[1:-1]
    graph = document_graphs.dataset(release, iri)
    return Document(
        iri,
        graph,
        _statements_about(graph, (iri,)),
        "dataset.html",
        partial(dataset_page, release, graph),
        signposts=signposts.of_dataset(release, graph, iri),
        schema=lambda: schema_org.dataset(release, document_graphs.description(release, iri)),
    )


def dataset_version(release: Release, version: str) -> Document | None:
    """Return the document of a release of the dataset, None where neither it nor its folder is there."""
    folder = folder_of(release, version)
    if folder is None:
        return None
    iri = release.iris.dataset(version)[1:-1]
    graph = document_graphs.version(release, folder, iri)
    if not graph:
        return None
    latest = Signpost("latest-version", release.iris.dataset(release.version)[1:-1])
    document = _plain(release, graph, iri, f"dataset/{version}")
    modified = max(manifest_of(folder).created, release.common_modified)
    return replace(document, modified=modified, signposts=(*document.signposts, latest))


def is_old_version(release: Release, version: str) -> bool:
    """Return whether a release of this version was served once, judging by its traces, and is no more."""
    if version == release.version or not is_slug(version):
        return False
    if version in (release.manifest.previous, *(path.name for path in release.path.parent.iterdir())):
        return True
    return bool(document_graphs.statements_of(release.store, NamedNode(release.iris.run(version)[1:-1])))


def resource(release: Release, name: str) -> Document | None:
    """Return the document of anything else that has an IRI here."""
    if name in _SCHEMES:
        return _scheme(release, name)
    iri = f"{release.base}/{name}"
    if name in _DESCRIPTIONS:
        return _description(release, iri, name)
    graph = document_graphs.resource(release, iri)
    if graph and name.startswith(_SOURCE) and graph[0].subject == NamedNode(iri):
        return _source(release, graph, iri)
    if not graph:
        return _of_vocabulary(release, name)
    return replace(_plain(release, graph, iri, name), modified=_resource_modified(release, graph, iri, name))


def _description(release: Release, iri: str, name: str) -> Document:
    """Return the catalogue or the VoID document; their pages leave out what other pages list."""
    graph = _DESCRIPTIONS[name](release, iri)
    document = _plain(release, graph, iri, name)
    if name == "void":
        view = partial(void_page, release, iri, graph)
        return replace(document, listed=(), template="void.html", view=view, is_embedded=False)
    return replace(
        document, listed=_statements_about(graph, (iri, release.iris.dataset()[1:-1])), is_embedded=False
    )


def _statements_about(graph: Graph, iris: tuple[str, ...]) -> Graph:
    """Return what a page lists of a description: the statements about some things, but not the files once more."""
    subjects = {NamedNode(iri) for iri in iris}
    return tuple(each for each in graph if each.subject in subjects and each.predicate != _DUMP)


def _resource_modified(release: Release, graph: Graph, iri: str, name: str) -> str:
    """Return when the statements about an agent or a run last changed; empty where only the release knows."""
    if name.startswith("agent/"):
        return release.common_modified
    ended = Facts(graph).value(iri, PROV + "endedAtTime")
    return max(ended, release.common_modified) if ended else ""


def _scheme(release: Release, name: str) -> Document:
    """Return the document of all topics, countries or years."""
    iri = SPACE + name
    graph = _scheme_graph(release, name)
    return Document(
        iri,
        graph,
        tuple(triple for triple in graph if triple.subject == NamedNode(iri)),
        "scheme.html",
        partial(scheme_page, release, name, iri, graph),
        modified=release.page_modified(),
        signposts=signposts.of_concept(release, iri, up="/explore"),
        schema=partial(_listed_concepts, release, name, iri, graph),
    )


def _listed_concepts(release: Release, name: str, iri: str, graph: Graph) -> dict[str, Any]:
    page = scheme_page(release, name, iri, graph)
    entries = ((concept.label.text, f"/{name}/{concept.value}") for concept in page["concepts"])
    return collection_page(release, f"/{name}", page["title"].text, entries)


def _of_vocabulary(release: Release, name: str) -> Document | None:
    """Return the document of what else the vocabulary's space holds: its schemes, the parts of its shapes."""
    iri = SPACE + name
    graph = document_graphs.of_vocabulary(release, iri)
    if not graph:
        return None
    return replace(_plain(release, graph, iri, name), modified=release.common_modified)


def _source(release: Release, graph: Graph, iri: str) -> Document:
    posts = signposts.of_resource(release, iri)
    view = partial(source_page, release, iri)
    document = Document(
        iri, graph, (), "source_rows.html", view, modified=release.list_modified(), signposts=posts
    )
    return replace(document, is_embedded=False)


def _plain(release: Release, graph: Graph, iri: str, name: str) -> Document:
    return Document(
        iri,
        graph,
        graph,
        "resource.html",
        partial(_heading, graph, iri, name),
        signposts=(signposts.of_catalog if name == "catalog" else signposts.of_resource)(release, iri),
    )


def _heading(graph: Graph, iri: str, name: str) -> Text:
    facts = Facts(graph)
    titles = (title for kind in _TITLES for title in facts.texts(iri, kind))
    return next(titles, Text(f"/{name}"))


def tombstone(release: Release, slug: str) -> Document | None:
    """Return what is left of a withdrawn practice, None if none of this name was withdrawn."""
    row = first(release.index.rows("gone", slug=slug))
    if row is None or row["status"] != "withdrawn":
        return None
    this = NamedNode(release.iris.practice(slug)[1:-1])
    since = Literal(row["since"], datatype=NamedNode(XSD + "dateTime"))
    graph = (
        Triple(this, NamedNode(RDFS + "label"), Literal(row["title"])),
        Triple(this, NamedNode(OWL + "deprecated"), Literal(True)),
        Triple(this, NamedNode(DCT + "modified"), since),
    )
    posts = memento.of_record(release, slug)
    return Document(
        this.value, graph, graph, "gone.html", lambda: row, 410, modified=row["since"], signposts=posts
    )


def merge_target(release: Release, slug: str) -> str | None:
    """Return the slug of the practice that one was merged into, None where it was not."""
    row = first(release.index.rows("gone", slug=slug))
    return row["replaced_by"] if row is not None and row["status"] == "merged" else None


def _scheme_graph(release: Release, name: str) -> Graph:
    """Return a scheme with all statements about its concepts."""
    scheme = SPACE + name
    concepts = sorted(set(subjects_of(release.store, SKOS + "inScheme", scheme)))
    described = map(NamedNode, (scheme, *concepts))
    return tuple(triple for this in described for triple in statements_of(release.store, this))
