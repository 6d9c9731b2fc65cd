"""Changes: what became of all records, release by release, a page at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import BuiltRelease, Gap, HistoryExtent, Version
from endpoint.documents.resolvers import Document, Find
from endpoint.figures.figure import Figure
from endpoint.graphs import record_versions, signposts
from endpoint.graphs.collection_pages import collection_page
from endpoint.history.changes_by_month import changes_by_month
from endpoint.language.graph_facts import Text
from endpoint.language.interface_languages import say
from pipeline.rdf.vocabulary import DCT, HYDRA, RDF, XSD
from pipeline.records.history.history_log import KINDS

PAGE_SIZE = 50
MOST_RELEASES = 30
"""How many releases the page names at once."""

_EVERYTHING = (1, 2**62)
_MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class ChangesQuery:
    """What a reader asks of the changes: one kind, one release by its version, a page.

    ``unknown`` are the values that are no kind and no release.
    """

    kind: str = ""
    release: str = ""
    page: int = 1
    unknown: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """Return the query string of the address with its ``?``, empty for the first page of all changes."""
        pairs = {"kind": self.kind, "release": self.release, "page": str(self.page) if self.page > 1 else ""}
        query = urlencode([(name, value) for name, value in pairs.items() if value])
        return f"?{query}" if query else ""

    def at(self, page: int) -> "ChangesQuery":
        """Return the same at another page."""
        return replace(self, page=page)

    def of(self, *, kind: str | None = None, release: str | None = None) -> "ChangesQuery":
        """Return the first page of the same with another kind or release."""
        return ChangesQuery(
            self.kind if kind is None else kind,
            self.release if release is None else release,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """The versions that one release brought, as far as they are on a page."""

    at: str
    release: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes as people read them; ``titles`` are by slug, and ``months`` are on the first page of all changes."""

    asked: ChangesQuery
    count: int
    pages: int
    batches: tuple[Batch, ...]
    titles: Mapping[str, Text]
    releases: tuple[BuiltRelease, ...]
    extent: HistoryExtent
    gaps: tuple[Gap, ...]
    months: Figure | None
    kinds: tuple[str, ...] = KINDS


def read_query(arguments: Mapping[str, str], release: Release) -> ChangesQuery:
    """Return what an address asks for; kinds and releases that there are not are set apart."""
    kind, version, page = (arguments.get(name, "") for name in ("kind", "release", "page"))
    known_kind = kind if kind in KINDS else ""
    known_version = version if version and release_history.numbers_of(release, version) else ""
    unknown = {kind: known_kind, version: known_version}
    return ChangesQuery(
        known_kind,
        known_version,
        max(1, int(page[:9])) if page.isascii() and page.isdecimal() else 1,
        tuple(value[:_MOST_LETTERS] for value, known in unknown.items() if value and not known),
    )


def find(asked: ChangesQuery) -> Find:
    """Return the finder of the changes that are asked for."""
    return partial(_document, asked)


def _document(asked: ChangesQuery, release: Release, _: str) -> Document:
    numbers = _numbers(release, asked)
    count = release_history.count(release, numbers, asked.kind)
    pages = max(1, -(-count // PAGE_SIZE))
    skip = (asked.page - 1) * PAGE_SIZE
    versions = release_history.latest(release, numbers, kind=asked.kind, most=PAGE_SIZE, skip=skip)
    iri = f"{release.base}/changes"
    return Document(
        iri,
        tuple(_graph(release, asked, versions, count, pages)),
        (),
        "changes.html",
        partial(_page, release, asked, versions, count, pages),
        status=404 if asked.page > pages else 200,
        modified=versions[0].at if versions else "",
        signposts=signposts.of_resource(release, iri),
        schema=lambda: collection_page(release, "/changes", say("Changes")),
    )


def latest_versions(release: Release, asked: ChangesQuery, most: int) -> tuple[Version, ...]:
    """Return the last versions of what is asked for."""
    return release_history.latest(release, _numbers(release, asked), kind=asked.kind, most=most)


def _numbers(release: Release, asked: ChangesQuery) -> tuple[int, int]:
    return (release_history.numbers_of(release, asked.release) if asked.release else None) or _EVERYTHING


def _page(
    release: Release, asked: ChangesQuery, versions: tuple[Version, ...], count: int, pages: int
) -> ChangesPage:
    batches = (
        Batch(at, version, tuple(these)[::-1])
        for (at, version), these in groupby(versions, key=lambda each: (each.at, each.release))
    )
    slugs = [slug for each in versions for slug in (each.slug, each.replaced_by) if slug]
    return ChangesPage(
        asked,
        count,
        pages,
        tuple(batches),
        release_history.titles(release, slugs),
        release_history.built_releases(release, most=MOST_RELEASES),
        release_history.extent(release),
        release_history.gaps(release),
        changes_by_month(release) if asked == ChangesQuery(unknown=asked.unknown) else None,
    )


def _graph(
    release: Release, asked: ChangesQuery, versions: tuple[Version, ...], count: int, pages: int
) -> Iterator[Triple]:
    """Yield a page of changes as Hydra describes it, and what became of each record."""
    base = f"{release.base}/changes"
    this, view = NamedNode(base + asked.at(1).query), NamedNode(_name(base, asked))
    yield Triple(this, NamedNode(RDF + "type"), NamedNode(HYDRA + "Collection"))
    total = Literal(str(count), datatype=NamedNode(XSD + "integer"))
    yield Triple(this, NamedNode(HYDRA + "totalItems"), total)
    yield Triple(this, NamedNode(HYDRA + "view"), view)
    yield Triple(this, NamedNode(DCT + "isPartOf"), NamedNode(release.iris.dataset()[1:-1]))
    for version in versions:
        yield Triple(this, NamedNode(HYDRA + "member"), record_versions.iri_of(release, version))
    yield Triple(view, NamedNode(RDF + "type"), NamedNode(HYDRA + "PartialCollectionView"))
    ways = {"first": 1, "previous": asked.page - 1, "next": asked.page + 1, "last": pages}
    for way, page in ways.items():
        if 1 <= page <= pages:
            yield Triple(view, NamedNode(HYDRA + way), NamedNode(_name(base, asked.at(page))))
    for version in versions:
        yield from record_versions.about(release, version)


def _name(base: str, asked: ChangesQuery) -> str:
    """Return the address of a page, the first one too with its number, since the whole has the address without."""
    query = asked.query
    return base + (query if asked.page > 1 else f"{query}{'&' if query else '?'}page=1")
