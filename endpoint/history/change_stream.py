"""The change stream: every version of every record, for programs that keep a copy in step (LDES over TREE)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.documents.resolvers import Document
from endpoint.graphs import record_versions, signposts
from endpoint.graphs.document_graphs import Graph
from endpoint.language.graph_facts import Text
from pipeline.rdf.turtle_templates import triples_of
from pipeline.rdf.vocabulary import LDES, RDF, TREE
from pipeline.system.data_files import text_of

PAGE_SIZE = 100
PATH = "/ldes"

_TYPE = NamedNode(RDF + "type")
_DIGEST = 12
_CLOSED = re.compile(r"[1-9][0-9]*-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the stream, from its first version to its last; a closed one never changes."""

    first: Version
    last: Version

    @property
    def is_closed(self) -> bool:
        """Return whether no version will be added to the page."""
        return self.last.number % PAGE_SIZE == 0

    @property
    def name(self) -> str:
        """Return the last part of its address: of a closed one a number and a hash, so that it holds for ever.

        The hash tells the pages of two histories apart, of which one went on after a rollback.
        """
        if not self.is_closed:
            return "latest"
        ends = "\n".join((self.first.slug, self.first.stamp, self.last.slug, self.last.stamp))
        return f"{self.last.number // PAGE_SIZE}-{sha256(ends.encode()).hexdigest()[:_DIGEST]}"


def find_root(release: Release, _: str) -> Document | None:
    """Return the root of the stream, which links to all pages; None for a release without a history."""
    if release.history is None:
        return None
    pages, extent = pages_of(release), release_history.extent(release)
    known = {"extent": extent, "complete": release_history.complete_since(release)}
    root = triples_of(__package__, "ldes_root.ttl.template", release.base, {**known, "pages": pages})
    # Clients read the shape only where it stands on the page that names it.
    graph = (*root, *_shape(f"{release.base}{PATH}/shape"))
    addresses = [f"{release.base}{PATH}/{page.name}" for page in pages]
    view = {"address": release.base + PATH, "pages": addresses, **known}
    return _document(release, PATH, graph, view, extent.until)


def find_page(release: Release, name: str) -> Document | None:
    """Return a page of the stream by its name; None where there is none, or no longer."""
    page = next((page for page in pages_of(release) if page.name == name), None)
    if page is None and (name != "latest" or release.history is None):
        return None
    versions = (
        () if page is None else release_history.latest(release, (page.first.number, page.last.number))[::-1]
    )
    path = f"{PATH}/{name}"
    is_closed = page is not None and page.is_closed
    members = tuple((record_versions.iri_of(release, each).value, each) for each in versions)
    titles = release_history.titles(release, (each.slug for each in versions))
    view = {"members": members, "titles": titles, "is_closed": is_closed}
    graph = tuple(_page_graph(release, path, versions, is_closed=is_closed))
    document = _document(release, path, graph, view, page.last.at if page is not None else "")
    return replace(document, is_embedded=False)


def find_shape(release: Release, _: str) -> Document:
    """Return the shape of the members, which shows clients what belongs to one."""
    iri = f"{release.base}{PATH}/shape"
    graph = _shape(iri)
    title = Text("Shape of the members of the change stream", "en")
    return Document(
        iri, graph, graph, "resource.html", lambda: title, signposts=signposts.of_resource(release, iri)
    )


@lru_cache(maxsize=1)
def pages_of(release: Release) -> tuple[Page, ...]:
    """Return the pages of the stream that have members, in the order of time."""
    return tuple(Page(begin, end) for begin, end in release_history.bounds(release, PAGE_SIZE))


def was_a_page(release: Release, name: str) -> bool:
    """Return whether a name looks like that of a closed page, and is none of this stream's."""
    if not _CLOSED.fullmatch(name):
        return False
    return all(page.name != name for page in pages_of(release))


def _document(release: Release, path: str, graph: Graph, view: dict[str, Any], modified: str) -> Document:
    iri = release.base + path
    posts = signposts.of_resource(release, iri)
    return Document(iri, graph, (), "ldes.html", lambda: view, modified=modified, signposts=posts)


def _page_graph(
    release: Release, path: str, members: tuple[Version, ...], *, is_closed: bool
) -> Iterator[Triple]:
    this = NamedNode(release.base + path)
    yield Triple(this, _TYPE, NamedNode(TREE + "Node"))
    if is_closed:
        yield Triple(this, NamedNode(LDES + "immutable"), Literal(True))
    stream = NamedNode(f"{release.base}{PATH}#stream")
    for version in members:
        yield Triple(stream, NamedNode(TREE + "member"), record_versions.iri_of(release, version))
    for version in members:
        yield from record_versions.about(release, version)
        yield from record_versions.content(release, version)


@cache
def _shape(iri: str) -> Graph:
    text = text_of(__package__, "ldes_shape.ttl")
    return tuple(quad.triple for quad in parse(text, format=RdfFormat.TURTLE, base_iri=iri))
