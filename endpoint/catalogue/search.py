"""Finding: which practices a selection asks for, in which order, one page at a time."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice

from endpoint.catalogue.bitset import Bits, bits_of, members
from endpoint.catalogue.open_release import ORDERS, Release
from endpoint.catalogue.search_words import Words, read_words
from endpoint.catalogue.selection import Selection

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The practices that a selection finds: how many, and the positions of those on one page, in order.

    ``matches`` are those in which the searched words occur, and of a shortlist those on it; None where
    neither is asked for.
    """

    count: int
    positions: tuple[int, ...]
    words: Words = ()
    matches: Bits | None = None
    bits: Bits = 0

    @property
    def pages(self) -> int:
        """Return how many pages they fill, at least one."""
        return max(1, -(-self.count // PAGE_SIZE))


def find(release: Release, selection: Selection, within: Bits | None = None) -> SearchResult:
    """Return the practices that a selection finds, all of them or those within a set."""
    words = read_words(selection.q)
    if selection.q and not words:
        return SearchResult(0, (), matches=0)
    matches = _matches(release, selection, words)
    bits = release.facets.chosen(selection.filters, matches)
    if within is not None:
        bits &= within
    begin, order = (selection.page - 1) * PAGE_SIZE, _order(release, selection, words)
    page = islice(members(bits, order), begin, begin + PAGE_SIZE) if begin < bits.bit_count() else ()
    return SearchResult(bits.bit_count(), tuple(page), words, matches, bits)


def found_bits(release: Release, selection: Selection) -> Bits:
    """Return all practices that a selection finds, on whatever page."""
    words = read_words(selection.q)
    if selection.q and not words:
        return 0
    return release.facets.chosen(selection.filters, _matches(release, selection, words))


def _matches(release: Release, selection: Selection, words: Words) -> Bits | None:
    """Return the practices in which the words occur, of a shortlist those on it; None where neither is asked for."""
    matches = release.searches.matching(words) if words else None
    if selection.ids:
        listed = bits_of(tuple(positions_of(release, selection.ids).values()))
        matches = listed if matches is None else matches & listed
    return matches


def _order(release: Release, selection: Selection, words: Words) -> Iterable[int]:
    """Return the positions of practices in the order asked for; behind the best matches the others by title."""
    if selection.order in ORDERS:
        return release.order(selection.order)
    best = release.searches.best(words)
    if len(best) == release.searches.matching(words).bit_count():
        return best
    told = set(best)
    return chain(best, (position for position in release.order("title") if position not in told))


def positions_of(release: Release, slugs: Iterable[str]) -> dict[str, int]:
    """Return the positions of those practices that there are, by their slugs."""
    rows = release.index.rows("positions", slugs=json.dumps(list(slugs)))
    return {row["slug"]: row["position"] for row in rows}
