"""History: the versions of records and the releases that brought them, as a release keeps them."""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import first
from endpoint.language.graph_facts import Text
from pipeline.records.history.record_contents import stored_content, unpack, with_base

_log = logging.getLogger(__name__)

_STAMP_HASH = 8


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a record: its event, its time, its release, and what changed.

    ``next`` is the number of the version that came after it, None for the latest.
    """

    number: int
    slug: str
    kind: str
    at: str
    hash: str
    fields: tuple[str, ...]
    replaced_by: str
    release: str
    next: int | None

    @property
    def stamp(self) -> str:
        """Return what identifies it among the versions of its record: its time, and a hash of its content."""
        moment = self.at.replace("-", "").replace(":", "")
        return f"{moment}-{self.hash[:_STAMP_HASH] or self.kind}"

    @property
    def is_end(self) -> bool:
        """Return whether the record is no longer public afterwards."""
        return self.kind in ("withdrawn", "merged")


@dataclass(frozen=True, slots=True)
class BuiltRelease:
    """A release in a history: its version, its time, the numbers of its first and last version, and its numbers."""

    number: int
    version: str
    at: str
    first: int
    last: int
    counts: dict[str, int]
    quality: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HistoryExtent:
    """How many releases and versions a history has, and from when."""

    releases: int
    versions: int
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A time before which a history is not known, and why."""

    at: str
    reason: str


_NOTHING = HistoryExtent(0, 0, "", "")


def extent(release: Release) -> HistoryExtent:
    """Return how much of a history there is."""
    row = first(_rows(release, "history_extent"))
    return _NOTHING if row is None else HistoryExtent(row[0], row[1], row[2] or "", row[3] or "")


def complete_since(release: Release) -> str:
    """Return from when on every version is known: the beginning, or the latest time a history had to leave a gap."""
    return max((extent(release).since, *(gap.at for gap in gaps(release))))


def gaps(release: Release) -> tuple[Gap, ...]:
    """Return where the history begins again, and why."""
    return tuple(Gap(*row) for row in _rows(release, "history_gaps"))


def built_releases(release: Release, *, most: int = -1) -> tuple[BuiltRelease, ...]:
    """Return the releases of the history, the latest first."""
    rows = _rows(release, "history_releases", most=most)
    return tuple(BuiltRelease(*row[:5], *map(_json, row[5:])) for row in rows)


def months(release: Release) -> dict[str, Counter[str]]:
    """Return how many versions of each kind each month brought, by ``YYYY-MM``."""
    counts: dict[str, Counter[str]] = {}
    for row in _rows(release, "history_months"):
        counts.setdefault(row["month"], Counter())[row["kind"]] = row["versions"]
    return counts


def versions_of(release: Release, slug: str) -> tuple[Version, ...]:
    """Return the versions of a record, the latest first."""
    return tuple(map(_version, _rows(release, "history_of", slug=slug)))


def latest(
    release: Release, numbers: tuple[int, int], *, kind: str = "", most: int = -1, skip: int = 0
) -> tuple[Version, ...]:
    """Return versions with numbers from the one to the other, the latest first, of one kind where it is named."""
    begin, end = numbers
    rows = _rows(release, "history_latest", first=begin, last=end, kind=kind, most=most, skip=skip)
    return tuple(map(_version, rows))


def bounds(release: Release, size: int) -> Iterator[tuple[Version, Version]]:
    """Yield the first and the last version of each so many, in the order of time; of the rest, too."""
    edges = map(_version, _rows(release, "history_bounds", size=size))
    for _, of_page in groupby(edges, key=lambda edge: (edge.number - 1) // size):
        here = tuple(of_page)
        yield here[0], here[-1]


def count(release: Release, numbers: tuple[int, int], kind: str = "") -> int:
    """Return how many versions there are with such numbers, and of such a kind."""
    row = first(_rows(release, "history_count", first=numbers[0], last=numbers[1], kind=kind))
    return int(row["versions"]) if row is not None else 0


def numbers_of(release: Release, version: str) -> tuple[int, int] | None:
    """Return the numbers of the versions that a release brought, None if the history knows none of that name."""
    row = first(_rows(release, "history_span", version=version))
    return None if row is None else (row["first"], row["last"])


def content(release: Release, version: Version) -> str:
    """Return what a version said, as N-Triples lines; empty if it said nothing or that is not known."""
    if version.is_end:
        return ""
    if version.next is None:
        return stored_content(release.store, release.iris, version.slug)
    row = first(_rows(release, "history_content", number=version.number))
    try:
        return "" if row is None else with_base(unpack(row["lines"]), release.iris)
    except ValueError as error:
        _log.error("version %s of %s: %s", version.number, version.slug, error)
        return ""


def titles(release: Release, slugs: Iterable[str]) -> dict[str, Text]:
    """Return what records are called today, or were when they were withdrawn."""
    rows = release.index.rows("history_titles", slugs=json.dumps(sorted(set(slugs))))
    return {row["slug"]: Text(row["title"], row["lang"]) for row in rows}


def _rows(release: Release, question: str, **values: object) -> Iterator[Any]:
    """Return the rows of a question; none, with a line in the log, where the history is damaged."""
    if release.history is None:
        return iter(())
    try:
        return iter(list(release.history.rows(question, **values)))
    except sqlite3.DatabaseError as error:
        _log.error("the history of release %s cannot be read: %s", release.name, error)
        return iter(())


def _version(row: Any) -> Version:
    return Version(**{**row, "fields": tuple(row["fields"].split())})


def _json(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text) if text else {}
    return document
