"""Selection: what a reader asks of the list of practices, read from an address and written back to one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from endpoint.catalogue.facets import QUALITY, Facets
from pipeline.rdf.iris import is_slug

VALUES = ("topic", "country", "year", "collection", *QUALITY)
SORTS = ("relevance", "title", "newest", "oldest", "changed")
PARAMETERS = frozenset(
    {*VALUES, "q", "dates", "from", "to", "ids", "sort", "page", "format", "profile", "lang", "for"}
)
"""The parameters that the address of a list may have."""

_TRACKING = ("utm_", "fbclid", "gclid", "msclkid", "mc_", "_ga", "ref")
MOST_UNREAD = 5
MOST_VALUES = 60
MOST_LETTERS = 200
MOST_IDS = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters, search words, sorting and page; ``unknown`` are values that no practice has, ``unread`` parameters.

    ``running`` takes years for those in which a practice ran and not for those that its date names. ``since`` and
    ``until`` are the first and last year of a range, ``span`` the years in it that practices have. ``ids`` are the
    slugs of a shortlist, empty if all practices are wanted. ``missing`` are fields that practices lack,
    ``inferred`` those found in their texts, ``finding`` codes of rules, and ``title_language`` and
    ``summary_language`` the languages of their texts.
    """

    topic: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    title_language: tuple[str, ...] = ()
    summary_language: tuple[str, ...] = ()
    running: bool = False
    since: int | None = None
    until: int | None = None
    span: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    q: str = ""
    sort: str = ""
    page: int = 1
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Return the wanted values of each group of the form."""
        return {group: getattr(self, group) for group in VALUES}

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """Return the wanted values by the groups of facets that are asked."""
        return {
            "topic": self.topic,
            "country": self.country,
            "running" if self.running else "year": self.year,
            "collection": self.collection,
            **{group: getattr(self, group) for group in QUALITY},
            "running-span" if self.running else "span": self.span,
        }

    @property
    def has_range(self) -> bool:
        """Return whether a range of years is wanted."""
        return self.since is not None or self.until is not None

    @property
    def is_open(self) -> bool:
        """Return whether everything is wanted."""
        return not (any(self.values.values()) or self.q or self.ids or self.has_range)

    @property
    def theme(self) -> str:
        """Return the collection where the list is that of one collection, else nothing."""
        is_whole = replace(self, collection=(), page=1).is_open
        return self.collection[0] if len(self.collection) == 1 and is_whole else ""

    @property
    def has_own_page(self) -> bool:
        """Return whether the list is one that search engines may show: of all practices, or of one collection."""
        return not self.sort and (self.is_open or bool(self.theme))

    @property
    def canonical(self) -> str:
        """Return the query of the list that search engines show for this one: its own, or that of the whole list."""
        return self.query if self.has_own_page else ""

    @property
    def order(self) -> str:
        """Return the sorting that holds: the wanted one, else relevance for a search, else by title."""
        if self.sort and (self.q or self.sort != "relevance"):
            return self.sort
        return "relevance" if self.q else "title"

    def has(self, group: str, value: str) -> bool:
        """Return whether a value is among the wanted ones."""
        return value in getattr(self, group)

    def without(self, group: str, value: str | None = None) -> "Selection":
        """Return the selection without one value of a group, or without the whole group or the search."""
        if group == "q":
            return replace(self, q="", page=1)
        if group == "range":
            return replace(self, since=None, until=None, span=(), page=1)
        if group == "ids":
            return replace(self, ids=(), page=1)
        others = tuple(other for other in self.values[group] if value is not None and other != value)
        changed: dict[str, Any] = {group: others}
        return replace(self, page=1, **changed)

    def at(self, page: int) -> "Selection":
        """Return the selection at another page."""
        return replace(self, page=page)

    @property
    def query(self) -> str:
        """Return the query string of the selection's address with its ``?``, empty if all is wanted."""
        pairs = urlencode(tuple(self._pairs()))
        return f"?{pairs}" if pairs else ""

    def _pairs(self) -> Iterator[tuple[str, str]]:
        if self.q:
            yield "q", self.q
        for group, values in self.values.items():
            for value in values:
                yield group, value
        if self.since is not None:
            yield "from", str(self.since)
        if self.until is not None:
            yield "to", str(self.until)
        if self.running:
            yield "dates", "running"
        if self.ids:
            yield "ids", ",".join(self.ids)
        if self.sort:
            yield "sort", self.sort
        if self.page > 1:
            yield "page", str(self.page)


def read_selection(arguments: MultiDict[str, str], facets: Facets) -> Selection:
    """Return what an address asks for; values that no practice has are set apart, nonsense is read past."""
    running = arguments.get("dates") == "running"
    wanted: dict[str, tuple[str, ...]] = {}
    unknown: list[str] = []
    for group in VALUES:
        facet = "running" if running and group == "year" else group
        values = [value for value in dict.fromkeys(arguments.getlist(group)) if value]
        wanted[group] = tuple(value for value in values if facets.has_value(facet, value))[:MOST_VALUES]
        unknown.extend(value for value in values if not facets.has_value(facet, value))
    sort = arguments.get("sort", "")
    since, until = (_year(arguments, name, unknown) for name in ("from", "to"))
    if since is not None and until is not None and since > until:
        since, until = until, since
    return Selection(
        **wanted,
        running=running,
        since=since,
        until=until,
        span=facets.years_between(since, until, running=running),
        ids=read_ids(arguments),
        q=" ".join(arguments.get("q", "").split())[:MOST_LETTERS],
        sort=sort if sort in SORTS else "",
        page=_page(arguments),
        unknown=tuple(unknown),
        unread=tuple(islice(filter(_is_unread, arguments), MOST_UNREAD)),
    )


def read_ids(arguments: MultiDict[str, str]) -> tuple[str, ...]:
    """Return the slugs of a shortlist, parted by commas or given one by one; other names are ignored."""
    names = (name.strip() for text in arguments.getlist("ids") for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if is_slug(name)))[:MOST_IDS]


def _is_unread(name: str) -> bool:
    return bool(name) and name not in PARAMETERS and not name.startswith(_TRACKING)


def _year(arguments: Mapping[str, str], name: str, unknown: list[str]) -> int | None:
    """Return a year that an address gives; what is none is added to the unknown values."""
    text = arguments.get(name, "").strip()
    if text.isascii() and text.isdecimal() and len(text) <= 4:
        return int(text)
    if text:
        unknown.append(text)
    return None


def _page(arguments: Mapping[str, str]) -> int:
    text = arguments.get("page", "1")
    if not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, int(text[:12]))
