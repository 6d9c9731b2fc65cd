"""Finding: which practices a selection asks for, in which order, one page at a time."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice

from endpoint.bits import Bits, bits_of, members
from endpoint.index import all_of, first, in_headings
from endpoint.release import ORDERS, Release
from endpoint.selection import Selection
from endpoint.words import Words, read_words

PAGE_SIZE = 20
MOST_RANKED = 1500
"""How many matches of a search are ranked by their whole text."""


@dataclass(frozen=True, slots=True)
class Found:
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


def find(release: Release, selection: Selection, within: Bits | None = None) -> Found:
    """Return the practices that a selection finds, all of them or those within a set."""
    words = read_words(selection.q)
    if selection.q and not words:
        return Found(0, (), matches=0)
    ranked, matches = _matches(release, selection, words)
    bits = release.facets.chosen(selection.filters, matches)
    if within is not None:
        bits &= within
    order: Iterable[int] = release.order(selection.order) if selection.order in ORDERS else ranked
    begin = (selection.page - 1) * PAGE_SIZE
    page = islice(members(bits, order), begin, begin + PAGE_SIZE) if begin < bits.bit_count() else ()
    return Found(bits.bit_count(), tuple(page), words, matches, bits)


def found_bits(release: Release, selection: Selection) -> Bits:
    """Return all practices that a selection finds, on whatever page."""
    words = read_words(selection.q)
    if selection.q and not words:
        return 0
    return release.facets.chosen(selection.filters, _matches(release, selection, words)[1])


def _matches(release: Release, selection: Selection, words: Words) -> tuple[Iterable[int], Bits | None]:
    """Return the practices in which the words occur, in the order asked for, and as bits with the shortlist's."""
    ranked: Iterable[int] = ()
    matches = None
    if words:
        matching = _matching(release, words)
        matches = bits_of(matching)
        if selection.order not in ORDERS:
            ranked = _ranked(release, words, matching)
    if selection.ids:
        listed = bits_of(tuple(positions_of(release, selection.ids).values()))
        matches = listed if matches is None else matches & listed
    return ranked, matches


def _matching(release: Release, words: Words) -> list[int]:
    """Return the positions of the practices in which the words occur."""
    row = first(release.index.rows("matching", words=all_of(words)))
    found: list[int] = json.loads(row[0])
    return found


def _ranked(release: Release, words: Words, matching: list[int]) -> Iterable[int]:
    """Return positions with the best matches first.

    Of very many practices those whose title, place or topics hold the words come first, ranked, and the others
    by title: what is in every other text tells little, and ranking it would take most of an answer's time.
    """
    is_many = len(matching) > MOST_RANKED
    expression = in_headings(words) if is_many else all_of(words)
    best = [row[0] for row in release.index.rows("ranked", words=expression)]
    if not is_many:
        return best
    told = set(best)
    # Few pages are so far down that all of the others are looked at.
    return chain(best, (position for position in sorted(matching) if position not in told))


def positions_of(release: Release, slugs: Iterable[str]) -> dict[str, int]:
    """Return the positions of those practices that there are, by their slugs."""
    rows = release.index.rows("positions", slugs=json.dumps(list(slugs)))
    return {row["slug"]: row["position"] for row in rows}
