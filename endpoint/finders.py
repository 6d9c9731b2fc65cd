"""Finders: the document behind each kind of name, its graph and what its page shows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pyoxigraph import Literal, NamedNode, Triple

from endpoint import graphs
from endpoint.concept_page import concept_page
from endpoint.dataset_page import dataset_page
from endpoint.facts import Facts, Text
from endpoint.graphs import Graph
from endpoint.index import first
from endpoint.practice_page import practice_page
from endpoint.release import Release
from endpoint.terms_page import terms_page
from pipeline.iris import is_slug
from pipeline.vocabulary import DCT, FOAF, ICGP, ONTOLOGY_IRI, OWL, RDFS, SHAPES_IRI, SKOS, SPACE, XSD

_NESTED = (DCT + "temporal", FOAF + "isPrimaryTopicOf", ICGP + "city")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_TITLES = (RDFS + "label", DCT + "title", FOAF + "name", SKOS + "prefLabel")


@dataclass(frozen=True, slots=True)
class Document:
    """What an address answers with: a graph, and the template that shows it with what ``view`` returns.

    ``listed`` is the part of the graph whose statements the page lists; ``nested`` are the predicates by
    which others stand inside the first node of its JSON-LD.
    """

    iri: str
    graph: Graph
    listed: Graph
    template: str
    view: Callable[[], object]
    status: int = 200
    nested: tuple[str, ...] = ()


Find = Callable[[Release, str], Document | None]


def practice(release: Release, slug: str) -> Document | None:
    """Return a practice's document, or the tombstone of one that was withdrawn."""
    if not is_slug(slug):
        return None
    iri = release.iris.practice(slug)[1:-1]
    graph = graphs.practice(release, slug)
    if not graph:
        return tombstone(release, slug)
    view = partial(practice_page, release, slug, graph)
    return Document(iri, graph, graph, "practice.html", view, nested=_NESTED)


def city(release: Release, key: str) -> Document | None:
    """Return a city's document."""
    return concept("city", f"{release.base}/city/")(release, key) if is_slug(key) else None


def concept(facet: str, space: str) -> Find:
    """Return the finder of a facet's values, whose IRIs are in the fixed vocabulary space."""

    def find(release: Release, name: str) -> Document | None:
        iri = space + name
        graph = graphs.resource(release, iri) if _NAME.fullmatch(name) else ()
        if not graph:
            return None
        view = partial(concept_page, release, facet, name, graph, iri)
        return Document(iri, graph, graph, "concept.html", view)

    return find


def ontology(release: Release, _: str) -> Document:
    """Return the ontology's document."""
    graph = graphs.ontology()
    view = partial(terms_page, release, ONTOLOGY_IRI, graph)
    return Document(ONTOLOGY_IRI, graph, (), "terms.html", view)


def shapes(release: Release, _: str) -> Document:
    """Return the shapes' document."""
    graph = graphs.shapes()
    return Document(SHAPES_IRI, graph, (), "terms.html", partial(terms_page, release, SHAPES_IRI, graph))


def dataset(release: Release, _: str) -> Document:
    """Return the dataset's document."""
    iri = release.iris.dataset()[1:-1]
    graph = graphs.description(release, iri)
    own = tuple(triple for triple in graph if triple.subject == NamedNode(iri))
    return Document(iri, graph, own, "dataset.html", partial(dataset_page, release, graph))


def resource(release: Release, name: str) -> Document | None:
    """Return the document of whatever else has an IRI here."""
    iri = f"{release.base}/{name}"
    graph = graphs.description(release, iri) if name == "catalog" else graphs.resource(release, iri)
    return _plain(graph, iri, name) if graph else _of_vocabulary(release, name)


def _of_vocabulary(release: Release, name: str) -> Document | None:
    """Return the document of what else the vocabulary's space holds: its schemes, the parts of its shapes."""
    iri = SPACE + name
    graph = graphs.of_vocabulary(release, iri)
    return _plain(graph, iri, name) if graph else None


def _plain(graph: Graph, iri: str, name: str) -> Document:
    return Document(iri, graph, graph, "resource.html", partial(_heading, graph, iri, name))


def _heading(graph: Graph, iri: str, name: str) -> Text:
    facts = Facts(graph)
    titles = (title for kind in _TITLES for title in facts.texts(iri, kind))
    return next(titles, Text(f"/{name}"))


def tombstone(release: Release, slug: str) -> Document | None:
    """Return what is left of a withdrawn practice, None where none of this name was ever withdrawn."""
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
    return Document(this.value, graph, graph, "gone.html", lambda: row, 410)


def merged_into(release: Release, slug: str) -> str | None:
    """Return the slug of the practice that one was merged into, None where it was not."""
    row = first(release.index.rows("gone", slug=slug))
    return row["replaced_by"] if row is not None and row["status"] == "merged" else None
