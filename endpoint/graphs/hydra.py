"""Collections: lists of practices as linked data, a page at a time, as Hydra describes them.

The whole list and each page of it have their own address: that of the list without ``page=``, and with
it, on the first page too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue.list_rows import ListRow, read_rows
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import SearchResult, find
from endpoint.catalogue.selection import Selection
from endpoint.graphs.document_graphs import Graph
from pipeline.rdf.vocabulary import COUNTRY, FOAF, HYDRA, ICGP, RDF, RDFS, TOPIC, VOID, XSD

_TYPE = NamedNode(RDF + "type")
_LABEL = NamedNode(RDFS + "label")
_PRACTICE = NamedNode(ICGP + "GoodPractice")


@dataclass(frozen=True, slots=True)
class Collection:
    """The practices that a selection finds, at an address; ``topic`` is what the whole list is about, if so.

    ``practices`` are those on the wanted page.
    """

    address: str
    selection: Selection
    result: SearchResult
    practices: tuple[ListRow, ...]
    topic: str = ""

    @property
    def iri(self) -> str:
        """Return the name of the whole list."""
        return self.address + self.selection.at(1).query

    @property
    def is_beyond(self) -> bool:
        """Return whether the list has no such page."""
        return self.selection.page > self.result.pages

    def ways(self) -> Iterator[tuple[str, str]]:
        """Return the ways to other pages: ``first``, ``previous`` and ``next`` where there are such, ``last``."""
        number, last = self.selection.page, self.result.pages
        ways = {"first": 1, "previous": min(number - 1, last), "next": number + 1, "last": last}
        return ((way, self.page(page)) for way, page in ways.items() if 1 <= page <= last)

    def page(self, number: int) -> str:
        """Return the name of a page of the list."""
        whole = self.iri
        return f"{whole}{'&' if '?' in whole else '?'}page={number}"


def read_collection(
    release: Release, address: str, selection: Selection, *, facet: str = "", value: str = "", topic: str = ""
) -> Collection:
    """Return the practices that a selection finds, all of them or those that have one value of a facet."""
    within = release.having(facet, value) if facet else None
    matches = find(release, selection, within)
    return Collection(address, selection, matches, read_rows(release, matches.positions), topic)


def collection_graph(release: Release, collection: Collection) -> Graph:
    """Return a page of a list: the list, the page, and its practices with what lists show of them."""
    this, view = NamedNode(collection.iri), NamedNode(collection.page(collection.selection.page))
    members = tuple(NamedNode(release.iris.practice(each.slug)[1:-1]) for each in collection.practices)
    total = Literal(str(collection.result.count), datatype=NamedNode(XSD + "integer"))
    triples = [
        Triple(this, _TYPE, _hydra("Collection")),
        Triple(this, NamedNode(VOID + "inDataset"), NamedNode(release.iris.dataset()[1:-1])),
        Triple(this, _hydra("totalItems"), total),
        Triple(this, _hydra("view"), view),
        *(Triple(this, _hydra("member"), member) for member in members),
    ]
    if collection.topic:
        triples.append(Triple(this, _TYPE, NamedNode(FOAF + "Document")))
        triples.append(Triple(this, NamedNode(FOAF + "primaryTopic"), NamedNode(collection.topic)))
    triples.append(Triple(view, _TYPE, _hydra("PartialCollectionView")))
    triples += (Triple(view, _hydra(way), NamedNode(page)) for way, page in collection.ways())
    return (*triples, *_member_statements(release, members, collection.practices))


def _member_statements(
    release: Release, members: Iterable[NamedNode], practices: Iterable[ListRow]
) -> Iterator[Triple]:
    """Yield what a list shows of its practices."""
    spaces = {"city": f"{release.base}/city/", "country": COUNTRY, "topic": TOPIC}
    for member, practice in zip(members, practices, strict=True):
        yield Triple(member, _TYPE, _PRACTICE)
        yield Triple(member, _LABEL, Literal(practice.title.text, language=practice.title.lang))
        for facet, values in practice.values.items():
            for value in values:
                yield Triple(member, NamedNode(ICGP + facet), NamedNode(spaces[facet] + value))


def _hydra(name: str) -> NamedNode:
    return NamedNode(HYDRA + name)
