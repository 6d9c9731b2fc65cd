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
from pipeline.language.stemming import fold_word, words_of
from pipeline.recognition.places.countries import LANGUAGES
from pipeline.recognition.topics import names_in_other_languages

_MOST_PRACTICES = 5_000
"""Of how many practices the titles and summaries are read, once for each release."""
_SHORTEST, _LONGEST = 4, 40
_SHORT = 6
"""Words up to this length may have one mistake, longer ones two. In a short one another letter is another word."""
_MOST_CORRECTED = 4
_COMPOUNDING = ("de", "nl", "sv")
_LINKS = ("", "s", "n", "en", "es", "er", "e")
"""What may come between the parts of a compound, in the languages that write them as one word."""
_WORD = re.compile(r"\w+")


class Spelling:
    """Corrects searches by the words of one release, which are read when they are first needed."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def correct(self, text: str, unknown: Collection[str]) -> str:
        """Return a search with its unknown words corrected, empty if none of them can be."""
        nearest = {
            word: self._nearest(word) or self._split_compound(word)
            for word in list(unknown)[:_MOST_CORRECTED]
        }
        right = {word: other for word, other in nearest.items() if other}
        return _WORD.sub(lambda match: right.get(match[0].lower(), match[0]), text) if right else ""

    def _nearest(self, word: str) -> str | None:
        """Return the known word that is nearest to an unknown one and begins with the same letter."""
        if not _SHORTEST <= len(word) <= _LONGEST:
            return None
        sought = fold_word(word)
        at = bisect_left(self._sorted_words, sought[0])
        end = bisect_left(self._sorted_words, chr(ord(sought[0]) + 1))
        most = 1 if len(sought) <= _SHORT else 2
        nearest = process.extract(
            sought, self._sorted_words[at:end], scorer=OSA.distance, score_cutoff=most, limit=5
        )
        likely = [each for each in nearest if each[0] != sought and _is_likely(sought, each[0])]
        if not likely:
            return None
        best = min(likely, key=lambda each: (each[1], -self._words[each[0]][1]))
        return self._words[best[0]][0]

    def _split_compound(self, word: str) -> str:
        """Return the known parts of a compound: "Jugendzentrum" is "jugend" and maybe "zentrum"; empty if none is."""
        sought = fold_word(word) if len(word) <= _LONGEST else ""
        for end in range(len(sought) - _SHORTEST, _SHORTEST - 1, -1):
            if first := self._first_parts.get(sought[:end]):
                rests = (sought[end:].removeprefix(link) for link in _LINKS)
                rest = next((rest for rest in rests if rest in self._words), "")
                return f"{first} {rest}".rstrip()
        return ""

    @cached_property
    def _first_parts(self) -> dict[str, str]:
        """Return the known words that compounds begin with, also without a last "e" as in "Schulsport"."""
        phrases = sorted({phrase for same in synonyms().values() for phrase in same})
        words = [fold_word(word) for each in phrases if each.language in _COMPOUNDING for word in each.words]
        parts = {word.removesuffix("e"): word for word in words} | {word: word for word in words}
        return {part: word for part, word in parts.items() if len(part) >= _SHORTEST}

    @cached_property
    def _sorted_words(self) -> list[str]:
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
            words.setdefault(fold_word(word), (word, count))
        return words


def _is_likely(word: str, other: str) -> bool:
    """Return whether a word may be another one with a slip: not "portes" for "pontes", nor "workers" for "works"."""
    if len(word) <= _SHORT and len(word) == len(other):
        return sorted(word) == sorted(other)
    shorter, longer = sorted((word, other), key=len)
    if len(longer) > len(shorter) + 1:
        return False
    return not longer.startswith(shorter) or longer == shorter + shorter[-1]


def _is_sure(word: str, language: str) -> bool:
    """Return whether a known word may be what people mean who write in another language of the vocabulary."""
    return language in LANGUAGES or not word.isascii()
