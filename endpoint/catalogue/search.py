"""Finding: which practices a selection asks for, in which order, one page at a time."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice

from endpoint.catalogue.bitset import Bits, bits_of, members, positions_in
from endpoint.catalogue.open_release import ORDERS, Release
from endpoint.catalogue.search_cache import Matches
from endpoint.catalogue.search_query import Unit
from endpoint.catalogue.search_words import Words
from endpoint.catalogue.selection import Selection

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The practices that a selection finds: how many, and the positions of those on one page, in order.

    ``exact`` of them have all that was searched for and come first; the others are near to it. ``matches`` are the
    practices that the search finds, and of a shortlist those on it; None if neither is asked for. ``corrected`` is
    the search that was made instead, where the release does not know a word of the one asked for.
    """

    count: int
    positions: tuple[int, ...]
    words: Words = ()
    matches: Bits | None = None
    bits: Bits = 0
    exact: int = 0
    units: tuple[Unit, ...] = ()
    corrected: str = ""

    @property
    def pages(self) -> int:
        """Return how many pages they fill, at least one."""
        return max(1, -(-self.count // PAGE_SIZE))


def find(release: Release, selection: Selection, within: Bits | None = None) -> SearchResult:
    """Return the practices that a selection finds, all of them or those within a set."""
    searched = release.searches.matches(selection.q) if selection.q else None
    matches = _matches(release, selection, searched)
    bits = release.facets.matching(selection.filters, matches)
    if within is not None:
        bits &= within
    begin = (selection.page - 1) * PAGE_SIZE
    order = _order(release, selection, bits, searched) if begin < bits.bit_count() else ()
    page = tuple(islice(order, begin, begin + PAGE_SIZE))
    count = bits.bit_count()
    if searched is None:
        return SearchResult(count, page, matches=matches, bits=bits, exact=count)
    exact = (bits & searched.exact).bit_count()
    return SearchResult(count, page, searched.words, matches, bits, exact, searched.units, searched.corrected)


def matching_bits(release: Release, selection: Selection) -> Bits:
    """Return all practices that a selection finds, on any page; near matches only if there are no others."""
    searched = release.searches.matches(selection.q) if selection.q else None
    bits = release.facets.matching(selection.filters, _matches(release, selection, searched))
    return bits if searched is None else bits & searched.exact or bits


def _matches(release: Release, selection: Selection, searched: Matches | None) -> Bits | None:
    """Return what a search finds, of a shortlist the practices on it; None if neither is asked for."""
    matches = None if searched is None else searched.bits
    if selection.ids:
        listed = bits_of(tuple(positions_of(release, selection.ids).values()))
        matches = listed if matches is None else matches & listed
    return matches


def _order(release: Release, selection: Selection, bits: Bits, searched: Matches | None) -> Iterable[int]:
    """Yield the positions in a set in the order asked for, exact matches of a search before near ones."""
    order = selection.order if selection.order in ORDERS else "title"
    if searched is None:
        return release.in_order(bits, order)
    exact = bits & searched.exact
    if selection.order in ORDERS:
        return chain(release.in_order(exact, order), release.in_order(bits & searched.near, order))
    best = release.searches.best(searched)
    unranked = exact & ~bits_of(best) if len(best) < searched.exact.bit_count() else 0
    nearest = release.searches.nearest(searched) if bits & searched.near else ()
    return chain(members(exact, best), positions_in(unranked), members(bits & searched.near, nearest))


def positions_of(release: Release, slugs: Iterable[str]) -> dict[str, int]:
    """Return the positions of the existing practices, by their slugs."""
    rows = release.index.rows("positions", slugs=json.dumps(list(slugs)))
    return {row["slug"]: row["position"] for row in rows}
