"""The release being served: its manifest, store, index and facets, and the switch to a newer one."""

import logging
import os
import sqlite3
import threading
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from sys import byteorder

from pyoxigraph import Store

from endpoint.catalogue import facets
from endpoint.catalogue.bitset import Bits, members, positions_in
from endpoint.catalogue.facets import Facets
from endpoint.catalogue.search_cache import Searches
from endpoint.catalogue.search_index import Index, first, positions_as_json
from endpoint.catalogue.themes import read_themes, theme_bits
from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.iris import Deployment
from pipeline.records.history.history_log import FORM, HISTORY
from pipeline.release.folder.manifest import Manifest, read_manifest

_log = logging.getLogger(__name__)

ORDERS = ("title", "newest", "oldest", "changed")
Labels = dict[tuple[str, str], dict[str, str]]
"""(facet, value) → language → label."""


@dataclass(frozen=True, eq=False)
class Release:
    """An open release: everything that a page is made from."""

    path: Path
    manifest: Manifest
    store: Store
    index: Index
    facets: Facets
    labels: Labels
    searches: Searches
    history: Index | None = None

    @property
    def name(self) -> str:
        """Return the name of the release's folder, which no other release has."""
        return self.path.name

    @property
    def version(self) -> str:
        """Return the release's version, a hash of its content."""
        return self.manifest.version

    @property
    def base(self) -> str:
        """Return the base IRI of the data, without a last slash."""
        return self.manifest.base_iri.rstrip("/")

    @property
    def iris(self) -> Deployment:
        """Return the minter of IRIs below the base."""
        return Deployment(self.base)

    @property
    def practices(self) -> int:
        """Return how many practices the release contains."""
        return self.facets.everything.bit_count()

    def having(self, facet: str, value: str) -> Bits:
        """Return the practices that have one value of a facet, cities too."""
        there = self.facets.bits.get((facet, value))
        return facets.having(self.index, facet, value) if there is None else there

    def list_modified(self, facet: str = "", value: str = "everything") -> str:
        """Return when the list of practices with a value of a facet, or of all practices, last changed.

        A value that no practice has changes with the software and the vocabulary only. Of a release that does not
        say so it is when that release was made.
        """
        return self._date("changed", facet=facet, value=value)

    def page_modified(self, shown: Iterable[int] = (), facet: str = "", value: str = "everything") -> str:
        """Return when a page of such a list last changed, which shows the practices at some positions."""
        return self._date("arranged", facet=facet, value=value, shown=positions_as_json(shown))

    def practice_modified(self, slug: str) -> str:
        """Return when what is published of a practice and its places last changed."""
        common = self.common_modified
        return max(
            self._date("practice_changed", slug=slug),
            common if common > self.list_modified("", "began") else "",
        )

    def digest_of(self, positions: Iterable[int]) -> str:
        """Return a hash of all that is published of the practices at some positions."""
        try:
            rows = self.index.rows("digests", positions=positions_as_json(positions))
            return sha256("\n".join(f"{name} {said}" for name, said in rows).encode()).hexdigest()
        except sqlite3.OperationalError:  # an older index has no digests
            return self.name

    def _date(self, question: str, **values: object) -> str:
        """Return a date from the index; the release's own where an older index has none."""
        try:
            return str(first(self.index.rows(question, **values))[0] or self.manifest.created)
        except sqlite3.OperationalError:
            return self.manifest.created

    @property
    def common_modified(self) -> str:
        """Return when what all pages depend on last changed: software, vocabulary, facts on the dataset."""
        return self.list_modified("", "base")

    @property
    def positions(self) -> range:
        """Return the positions of all practices, in the order of titles."""
        return range(1, self.practices + 1)

    def in_order(self, bits: Bits, order: str) -> Iterator[int]:
        """Yield the positions in a set in one of ORDERS."""
        if order == "title":
            return positions_in(bits)
        if order == "changed":
            return members(bits, self._newest_first)
        return self.facets.by_year(bits, latest_first=order == "newest")

    @cached_property
    def _newest_first(self) -> Sequence[int]:
        """Return all positions, the latest changed first."""
        try:
            positions = array("I", first(self.index.rows("positions_by_change"))[0])
            if byteorder == "big":
                positions.byteswap()
        except sqlite3.OperationalError:  # an older index has no such list
            positions = array("I", (row[0] for row in self.index.rows("order_changed")))
        return positions


def open_release(path: Path) -> Release:
    """Return the release in a folder, opened for reading; raise EnvironmentFault if it is none."""
    folder = path.resolve()
    try:
        manifest = read_manifest(folder)
        index = Index(folder / "index.sqlite")
        store = Store.read_only(str(folder / "store"))
        labels: Labels = {}
        for facet, value, language, text in index.rows("labels"):
            labels.setdefault((facet, value), {})[language] = text
        stored_facets = facets.load(index, int(manifest.created[:4]))
        facets_found = _with_themes(stored_facets, folder, index, labels)
        opened = Release(
            folder,
            manifest,
            store,
            index,
            facets_found,
            labels,
            Searches(index, facets_found),
            _history(folder),
        )
        _log.info("release %s opened: %d practices", opened.version, opened.practices)
    except (OSError, ValueError, KeyError, sqlite3.Error) as error:
        raise EnvironmentFault(
            f"{path} is no release that can be served ({error}): "
            "build one with `practicegraph build`, or check it with `practicegraph verify`."
        ) from error
    return opened


def _history(folder: Path) -> Index | None:
    """Return the history of a release; None if it cannot be read. The release is served anyway."""
    try:
        history = Index(folder / HISTORY)
        forms = [row[0] for row in history.rows("history_form")]
    except (OSError, sqlite3.Error) as error:
        _log.warning("release %s has no history: %s", folder.name, error)
        return None
    return history if forms == [FORM] else None


def _with_themes(stored_facets: Facets, folder: Path, index: Index, labels: Labels) -> Facets:
    """Return facets with the collections that have practices, whose names are put among the labels."""
    bits = dict(stored_facets.bits)
    for theme in read_themes(folder.parents[1]):
        if chosen := theme_bits(theme, index, stored_facets.bits):
            bits["collection", theme.slug] = chosen
            labels["collection", theme.slug] = dict(theme.names)
    return replace(stored_facets, bits=bits)


def _target(link: Path) -> Path:
    return Path(os.path.realpath(link, strict=True))


class Releases:
    """The releases of one output folder: served is the one that ``served_release`` names, else ``current``.

    A switch is noticed within a second. The first request to notice opens the new release while the others
    go on with the old one, which closes when the last request that uses it has ended.
    """

    def __init__(
        self, output: Path, *, look_every: float = 1.0, served_release: Callable[[], Path] | None = None
    ) -> None:
        self._served_release = served_release or partial(_target, output / "current")
        self._look_every = look_every
        self._lock = threading.Lock()
        self._last_check = time.monotonic()
        self._open = open_release(output / "current" if served_release is None else served_release())

    def current(self) -> Release:
        """Return the release to answer with."""
        if time.monotonic() - self._last_check >= self._look_every and self._lock.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._open

    def _refresh(self) -> None:
        self._last_check = time.monotonic()
        try:
            release = self._served_release()
            if release != self._open.path:
                self._open = open_release(release)
        except (OSError, EnvironmentFault) as error:
            _log.error("the release %s stays in service: %s", self._open.version, error)
