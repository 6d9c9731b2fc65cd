"""Spelling: the word that an unknown word of a search probably is, by the words of the release and of the tables."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from endpoint.catalogue.phrase_keys import synonyms
from endpoint.catalogue.search_index import Index
from pipeline.language.stemming import folded, words_of
from pipeline.recognition.places.countries import LANGUAGES
from pipeline.recognition.topics import names_in_other_languages

_MOST_PRACTICES = 5_000
"""Of how many practices the titles and summaries are read, once for each release."""
_SHORTEST, _LONGEST = 4, 40
_FARTHEST = 0.3
"""How much of a word may be otherwise for it to be taken as the other one misspelt."""
_MOST_CORRECTED = 4
_WORD = re.compile(r"\w+")


class Spelling:
    """Corrects searches by the words of one release, which are read when they are first needed."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def corrected(self, text: str, unknown: Collection[str]) -> str:
        """Return a search with its unknown words corrected, empty if none of them can be."""
        nearest = {word: self._nearest(word) for word in list(unknown)[:_MOST_CORRECTED]}
        right = {word: other for word, other in nearest.items() if other}
        return _WORD.sub(lambda match: right.get(match[0].lower(), match[0]), text) if right else ""

    def _nearest(self, word: str) -> str | None:
        """Return the known word that is nearest to an unknown one and begins with the same letter."""
        if not _SHORTEST <= len(word) <= _LONGEST:
            return None
        sought = folded(word)
        at = bisect_left(self._sorted, sought[0])
        end = bisect_left(self._sorted, chr(ord(sought[0]) + 1))
        nearest = process.extract(
            sought, self._sorted[at:end], scorer=OSA.normalized_distance, score_cutoff=_FARTHEST, limit=5
        )
        if not nearest:
            return None
        best = min(nearest, key=lambda each: (each[1], -self._words[each[0]][1]))
        return self._words[best[0]][0]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._words)

    @cached_property
    def _words(self) -> dict[str, tuple[str, int]]:
        """Return each word, folded: as it is mostly written, and how often it occurs."""
        written: Counter[str] = Counter()
        for (text,) in self._index.rows("spoken", most=_MOST_PRACTICES):
            written.update(words_of(text))
        phrases = {phrase for same in synonyms().values() for phrase in same}
        written.update(word for phrase in phrases for word in phrase.words if _is_sure(word, phrase.language))
        names = names_in_other_languages()
        written.update(
            word for language, name, _ in names for word in words_of(name) if _is_sure(word, language)
        )
        words: dict[str, tuple[str, int]] = {}
        for word, count in written.most_common():
            words.setdefault(folded(word), (word, count))
        return words


def _is_sure(word: str, language: str) -> bool:
    """Return whether a known word may be what people mean who write in another language of the vocabulary."""
    return language in LANGUAGES or not word.isascii()
