"""Word matches: the practices in which words occur, searched for, or stored with common words of a large release."""

import json
import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from endpoint.catalogue.bitset import Bits, bits_of
from endpoint.catalogue.search_index import Index, all_of, first, one_phrase_of
from endpoint.catalogue.search_words import Words, is_beginning
from pipeline.language.stemming import fold_word
from pipeline.release.contents.facet_bits import unpack_bits

LARGE = 10_000
"""In a release with more practices each word is searched by itself, and the sets are combined."""

_CACHED = 128


class WordMatches:
    """Finds the practices of one release by words; ``everything`` are all of them."""

    def __init__(self, index: Index, everything: Bits) -> None:
        self._index = index
        self._everything = everything
        self._is_large = everything.bit_count() > LARGE
        self.matching = lru_cache(_CACHED)(self._matching)
        self.having = lru_cache(_CACHED)(self._having)
        self._whole = lru_cache(_CACHED)(self._having_whole)

    def having_all(self, words: Words) -> Bits:
        """Return the practices in which each word occurs in one of its spellings."""
        if not self._is_large:
            return self.matching(all_of(words))
        bits = self._everything
        for spellings in words:
            bits &= self.having(spellings)
        return bits

    def having_a_phrase(self, phrases: Sequence[Words]) -> Bits:
        """Return the practices with all words of one of the phrases, none as the beginning of another."""
        if phrases and not self._is_large:
            return self.matching(one_phrase_of(phrases))
        either: Bits = 0
        for phrase in phrases:
            bits = self._everything
            for spellings in phrase:
                bits &= self._whole(spellings)
            either |= bits
        return either

    def _having(self, spellings: tuple[str, ...]) -> Bits:
        """Return the practices with one of the spellings of a word, or a longer word that begins so."""
        keys = {one: fold_word(one.rstrip("*")) + ("*" if is_beginning(one) else "") for one in spellings}
        bits, others = self._common_matches(keys)
        return bits | self.matching(all_of((others,))) if others else bits

    def _having_whole(self, spellings: tuple[str, ...]) -> Bits:
        bits, others = self._common_matches({one: fold_word(one) for one in spellings})
        return bits | self.matching(one_phrase_of([(others,)])) if others else bits

    def _common_matches(self, keys: dict[str, str]) -> tuple[Bits, tuple[str, ...]]:
        """Return the practices with those spellings that are common, and the other spellings."""
        try:
            rows = self._index.rows("common_words", words=json.dumps([*keys.values()]))
        except sqlite3.OperationalError:  # an older index has no common words
            return 0, tuple(keys)
        common: dict[str, Bits] = {word: unpack_bits(marks) for word, marks in rows}
        bits: Bits = 0
        for some in common.values():
            bits |= some
        return bits, tuple(one for one, key in keys.items() if key not in common)

    def _matching(self, expression: str) -> Bits:
        row = first(self._index.rows("matching", words=expression))
        return bits_of(json.loads(row[0]))
