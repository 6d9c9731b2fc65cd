"""Searches: which practices of a release hold some words, and the best of them, kept for the pages that follow.

Whoever searches goes on to the next page, a filter or another order of the same search.
"""

import json
from functools import lru_cache, partial

from endpoint.catalogue.bitset import Bits, bits_of
from endpoint.catalogue.search_index import Index, all_of, first, in_headings
from endpoint.catalogue.search_words import Words

MOST_RANKED = 1500
"""How many matches of a search are ranked by their whole text."""

_KEPT = 32
"""Searches, of which each takes a bit for every practice of the release, and a number for every ranked one."""


class Searches:
    """The searches of one release, the last ones kept."""

    def __init__(self, index: Index) -> None:
        self._matching = lru_cache(_KEPT)(partial(_matching, index))
        self._best = lru_cache(_KEPT)(partial(_best, index))

    def matching(self, words: Words) -> Bits:
        """Return the practices in which the words occur."""
        return self._matching(words)

    def best(self, words: Words) -> tuple[int, ...]:
        """Return the positions of those that come first, the best match first: all of them where they are not many.

        Of very many practices those whose title, place or topics hold the words come first: what is in every
        other text tells little, and ranking it would take most of an answer's time.
        """
        return self._best(words, is_many=self.matching(words).bit_count() > MOST_RANKED)


def _matching(index: Index, words: Words) -> Bits:
    row = first(index.rows("matching", words=all_of(words)))
    return bits_of(json.loads(row[0]))


def _best(index: Index, words: Words, *, is_many: bool) -> tuple[int, ...]:
    expression = in_headings(words) if is_many else all_of(words)
    return tuple(row[0] for row in index.rows("ranked", words=expression))
