"""Changes: what became of all records, release by release, a page at a time.

Pages are numbered from the oldest, so that a full page stays as it is. The newest changes have the address without a
number.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.documents.resolvers import Document, Find
from endpoint.figures.figure import Figure, Value
from endpoint.graphs import record_versions, signposts
from endpoint.graphs.page_structure import collection_page
from endpoint.language.interface_languages import say
from endpoint.pages.charts import timeline
from pipeline.rdf.vocabulary import DCT, HYDRA, RDF, XSD
from pipeline.records.history.history_log import KINDS

PATH, MONTHS = "/changes", "months"
"""The path of the page, and the name of the chart on it."""

PAGE_SIZE = 50
MOST_RELEASES = 30
"""How many releases the page names at once."""

_EVERYTHING = (1, 2**62)
_MOST_LETTERS = 60
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChangesQuery:
    """What a reader asks of the changes: one kind, one release by its version, a page, 0 for the newest.

    ``unknown`` are the values that are no kind and no release.
    """

    kind: str = ""
    release: str = ""
    page: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """Return the query string of the address with its ``?``, empty for the newest of all changes."""
        pairs = {"kind": self.kind, "release": self.release, "page": str(self.page) if self.page else ""}
        query = urlencode([(name, value) for name, value in pairs.items() if value])
        return f"?{query}" if query else ""

    def at(self, page: int) -> "ChangesQuery":
        """Return the same at another page."""
        return replace(self, page=page)

    def of(self, *, kind: str | None = None, release: str | None = None) -> "ChangesQuery":
        """Return the newest page of the same with another kind or release."""
        return ChangesQuery(
            self.kind if kind is None else kind,
            self.release if release is None else release,
        )


@dataclass(frozen=True, slots=True)
class _PageView:
    """What a page shows, before it is put into words; only the newest page has ``whole``, the number of all changes.

    ``newer`` and ``older`` are the numbers of other pages, 0 for none.
    """

    query: ChangesQuery
    versions: tuple[Version, ...]
    whole: int | None
    newer: int
    older: int


def read_query(arguments: Mapping[str, str], release: Release) -> ChangesQuery:
    """Return what an address asks for; kinds and releases that there are not are set apart."""
    kind, version, page = (arguments.get(name, "") for name in ("kind", "release", "page"))
    known_kind = kind if kind in KINDS else ""
    known_version = version if version and release_history.numbers_of(release, version) else ""
    unknown = {kind: known_kind, version: known_version}
    return ChangesQuery(
        known_kind,
        known_version,
        int(page[:9]) if page.isascii() and page.isdecimal() else 0,
        tuple(value[:_MOST_LETTERS] for value, known in unknown.items() if value and not known),
    )


def find(query: ChangesQuery) -> Find:
    """Return the finder of the changes that are asked for."""
    return partial(_document, query)


def newest_page(release: Release, query: ChangesQuery) -> int:
    """Return the number that the page of the newest changes will have once it is full."""
    return _pages(release_history.count(release, _numbers(release, query), query.kind))


def _pages(count: int) -> int:
    return max(1, (count + PAGE_SIZE - max(1, PAGE_SIZE // 5)) // PAGE_SIZE)


def _document(query: ChangesQuery, release: Release, _: str) -> Document:
    numbers = _numbers(release, query)
    count = release_history.count(release, numbers, query.kind)
    pages = _pages(count)
    page = query.page or pages
    most = PAGE_SIZE if query.page else count - (pages - 1) * PAGE_SIZE
    skip = max(0, count - (page - 1) * PAGE_SIZE - most)
    versions = release_history.latest(release, numbers, kind=query.kind, most=most, skip=skip)
    iri = f"{release.base}{PATH}"
    view = _PageView(
        query, versions, None if query.page else count, page + 1 if page < pages else 0, page - 1
    )
    return Document(
        iri,
        tuple(_graph(release, view, page)),
        (),
        "changes.html",
        partial(_page, release, view),
        status=404 if query.page > pages else 200,
        modified=_last_modified(release, versions) if query.page else "",
        signposts=signposts.of_resource(release, iri),
        schema=lambda: collection_page(release, PATH, say("Changes")),
    )


def latest_versions(release: Release, query: ChangesQuery, most: int) -> tuple[Version, ...]:
    """Return the last versions of what is asked for."""
    return release_history.latest(release, _numbers(release, query), kind=query.kind, most=most)


def _numbers(release: Release, query: ChangesQuery) -> tuple[int, int]:
    return (release_history.numbers_of(release, query.release) if query.release else None) or _EVERYTHING


def _last_modified(release: Release, versions: tuple[Version, ...]) -> str:
    """Return when a full page last changed: with its last version, or with the title of one of its practices."""
    slugs = {slug for each in versions for slug in (each.slug, each.replaced_by) if slug}
    later = (each for slug in slugs for each in release_history.versions_of(release, slug))
    named = (each.at for each in later if "title" in each.fields or each.kind != "changed")
    return max((*named, *(each.at for each in versions), release.common_modified), default="")


def _page(release: Release, view: _PageView) -> dict[str, Any]:
    """Return changes as people read them, by the releases that brought them; ``titles`` are by slug.

    The newest page says what is known of all changes that are asked for, and that of all changes has ``months``.
    """
    query, versions = view.query, view.versions
    slugs = [slug for each in versions for slug in (each.slug, each.replaced_by) if slug]
    whole = {
        "count": view.whole,
        "releases": release_history.built_releases(release, most=MOST_RELEASES),
        "extent": release_history.extent(release),
        "gaps": release_history.gaps(release),
    }
    return {
        "asked": query,
        "whole": None if view.whole is None else whole,
        "newer": view.newer,
        "older": view.older,
        "batches": [
            {"at": at, "release": version, "versions": tuple(these)[::-1]}
            for (at, version), these in groupby(versions, key=lambda each: (each.at, each.release))
        ],
        "titles": release_history.titles(release, slugs),
        "months": changes_by_month(release) if query == ChangesQuery(unknown=query.unknown) else None,
        "kinds": KINDS,
    }


def _graph(release: Release, stream: _PageView, page: int) -> Iterator[Triple]:
    """Yield a page of changes as Hydra describes it, and what became of each record.

    Only the newest page says how many changes there are, and which page is first, so that the others stay as they are.
    """
    base, query = f"{release.base}{PATH}", stream.query
    this, view = NamedNode(base + query.at(0).query), NamedNode(base + query.at(page).query)
    yield Triple(this, NamedNode(RDF + "type"), NamedNode(HYDRA + "Collection"))
    if stream.whole is not None:
        total = Literal(str(stream.whole), datatype=NamedNode(XSD + "integer"))
        yield Triple(this, NamedNode(HYDRA + "totalItems"), total)
        yield Triple(view, NamedNode(HYDRA + "first"), view)
    yield Triple(this, NamedNode(HYDRA + "view"), view)
    yield Triple(this, NamedNode(DCT + "isPartOf"), NamedNode(release.iris.dataset()[1:-1]))
    for version in stream.versions:
        yield Triple(this, NamedNode(HYDRA + "member"), record_versions.iri_of(release, version))
    yield Triple(view, NamedNode(RDF + "type"), NamedNode(HYDRA + "PartialCollectionView"))
    ways = {"previous": stream.newer, "next": stream.older, "last": 1}
    for way, number in ways.items():
        if number:
            yield Triple(view, NamedNode(HYDRA + way), NamedNode(base + query.at(number).query))
    for version in stream.versions:
        yield from record_versions.about(release, version)


def changes_by_month(release: Release) -> Figure:
    """Return the changes of all releases by month, with the months between that brought none."""
    counts = {
        _month_number(month): kinds
        for month, kinds in release_history.months(release).items()
        if _MONTH.fullmatch(month)
    }
    chart = timeline({number: kinds.total() for number, kinds in counts.items()}, _month_name)
    rows: list[tuple[Value, ...]] = []
    for bar in chart.bars:
        kinds = counts.get(_month_number(bar.name), Counter())
        rows.append((bar.name, *(kinds[kind] for kind in KINDS)))
    return Figure(PATH, MONTHS, say("Changes by month"), "columns", chart, ("month", *KINDS), tuple(rows))


def _month_number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month_name(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
