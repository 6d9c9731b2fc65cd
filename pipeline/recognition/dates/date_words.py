"""The words that date texts are made of, each with what it stands for in a language."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from pipeline.system.data_files import rows_of

KINDS, AFFIXES = (
    {row["kind"]: row["letter"] for row in rows_of(__package__, "word_kinds.csv") if row["is_affix"] == mark}
    for mark in ("", "1")
)
"""Kinds of words as single characters, over which the grammar is regular expressions; and kinds of affixes.

An affix is a case ending or a prefix: its kind is what it says beside the month or year that it is tied to.
"""

_TABLES = ("date_words.csv", "calendar_words.csv")
_FIRST_LANGUAGES = ("en", "fr", "es", "it", "de", "pt")
_TIED_TO_YEARS = frozenset("pw")
_WITH_AFFIX = frozenset("MSQHyKD")
_POINTS = re.compile(r"\s*\.\s*")
_SHORTEST_STEM, _SHORTEST_FOREIGN_STEM, _LONGEST_WORD = 3, 5, 40
_SHORTEST_BEGINNING = 4

Meaning = tuple[str, int]
"""A kind, as a single character, and a value."""


def fold(word: str) -> str:
    """Return the word in the form used in the lexicon: lower case, without diacritics."""
    lower = word.casefold().replace("’", "'").replace("ı", "i")
    if lower.isascii():
        return lower
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Inflection:
    """A word with an affix: what the word means, and the kind of the affix."""

    meaning: Meaning
    affix: str


class Lexicon:
    """The words of all languages; where languages disagree, the languages of the text come first."""

    def __init__(self, languages: tuple[str, ...] = ()) -> None:
        words = _words()
        self._languages = languages
        own = [words.by_language[each] for each in languages if each in words.by_language]
        self._tables = (*own, words.shared)

    def look_up(self, word: str) -> Meaning | None:
        """Return what a word or phrase means, None where it is not known."""
        lower = word.lower()
        folded = lower if lower.isascii() else fold(lower)
        for table in self._tables:
            if meaning := table.get(lower) or (lower is not folded and table.get(folded)):
                return meaning
        return None

    @cached_property
    def correctable(self) -> tuple[str, ...]:
        """Return the words that a misspelt word may stand for: in the languages of the text and the first six."""
        languages = (*self._languages, *_FIRST_LANGUAGES)
        words = (word for each in languages for word in _words().by_language.get(each, {}).items())
        return tuple(
            dict.fromkeys(
                word for word, (kind, _) in words if kind in "Mftow" and len(word) > 3 and " " not in word
            )
        )

    def inflection(self, word: str) -> Inflection | None:
        """Return what a month, season or the like means that has a case ending or a prefix, else None."""
        folded = fold(word)
        if not _SHORTEST_STEM < len(folded) <= _LONGEST_WORD:
            return None
        for affix in _words().affixes:
            stem = folded.removeprefix(affix.text) if affix.leads else folded.removesuffix(affix.text)
            shortest = _SHORTEST_STEM if affix.language in self._languages else _SHORTEST_FOREIGN_STEM
            if len(stem) == len(folded) or len(stem) < shortest:
                continue
            meaning = _words().by_language[affix.language].get(stem.rstrip("'"))
            if meaning and (meaning[0] in _WITH_AFFIX or (affix.leads and affix.kind == "p")):
                return Inflection(meaning, affix.kind)
        return None

    def number_ending(self, text: str, *, is_year: bool) -> str | None:
        """Return the kind of what is tied to a number ("tól" in "2018-tól"), None where nothing is known of it.

        Of a number that is not a year, and of an ending that means different things, it is known only where the
        language of the text is.
        """
        folded = fold(text)
        endings = [affix for affix in _words().affixes if affix.text == folded and not affix.leads]
        for language in self._languages:
            for affix in endings:
                if affix.language == language:
                    return affix.kind
        word = self.look_up(text)
        if word or not is_year:
            return word[0] if word and is_year and word[0] in _TIED_TO_YEARS else None
        kinds = {affix.kind for affix in endings}
        return kinds.pop() if len(kinds) == 1 else None


class RecordingLexicon(Lexicon):
    """Answers as a lexicon without languages does, and notes its answers, to see whether languages make a difference.

    A text has the same reading under another lexicon that gives the same answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._meanings: dict[str, Meaning | None] = {}
        self._inflections: dict[str, Inflection | None] = {}
        self._endings: dict[tuple[str, bool], str | None] = {}
        self._is_corrected = False

    def look_up(self, word: str) -> Meaning | None:
        """Return what a word or phrase means, and note it."""
        meaning = self._meanings[word] = super().look_up(word)
        return meaning

    def inflection(self, word: str) -> Inflection | None:
        """Return what an inflected word means, and note it."""
        meaning = self._inflections[word] = super().inflection(word)
        return meaning

    def number_ending(self, text: str, *, is_year: bool) -> str | None:
        """Return what is tied to a number, and note it."""
        ending = self._endings[text, is_year] = super().number_ending(text, is_year=is_year)
        return ending

    @cached_property
    def correctable(self) -> tuple[str, ...]:
        """Return the words that a misspelt word may stand for, which other languages have others of."""
        self._is_corrected = True
        return super().correctable

    def agrees(self, other: Lexicon) -> bool:
        """Return whether another lexicon gives the same answers."""
        return (
            not self._is_corrected
            and all(other.look_up(word) == answer for word, answer in self._meanings.items())
            and all(other.inflection(word) == answer for word, answer in self._inflections.items())
            and all(
                other.number_ending(text, is_year=is_year) == answer
                for (text, is_year), answer in self._endings.items()
            )
        )


@lru_cache(maxsize=256)
def lexicon(languages: tuple[str, ...] = ()) -> Lexicon:
    """Return the lexicon for texts in these languages, the likeliest first."""
    return Lexicon(languages)


def no_date() -> frozenset[str]:
    """Return the whole texts, folded, that say there is no date."""
    return _words().no_date


@cache
def longest_phrase() -> int:
    """Return how many words the longest phrase has."""
    return max(phrase.count(" ") for phrase in _words().shared) + 1


def vocabulary() -> Mapping[str, Meaning]:
    """Return every word and phrase with its meaning if no language is known."""
    return _words().shared


class _Affix(NamedTuple):
    language: str
    text: str
    kind: str
    leads: bool


@dataclass(frozen=True, slots=True)
class _Words:
    shared: dict[str, Meaning]
    by_language: dict[str, dict[str, Meaning]]
    affixes: tuple[_Affix, ...]
    no_date: frozenset[str]


@cache
def _words() -> _Words:
    """Return the tables by phrase, each phrase as it is written and folded.

    What is written so comes before what is only folded so ("dès" is not "des"), then what is listed first. A month
    that is another one in another language is in no shared table.
    """
    shared: dict[str, Meaning] = {}
    by_language: dict[str, dict[str, Meaning]] = defaultdict(dict)
    affixes, nothing, entries = list[_Affix](), set[str](), list[tuple[str, str, Meaning]]()
    for kind, value, language, phrase in _rows():
        if kind in AFFIXES:
            affixes.append(_Affix(language, fold(phrase), AFFIXES[kind], kind.startswith("beginning")))
        elif kind == "no date":
            nothing.add(fold(phrase))
        else:
            entries.append((language, _POINTS.sub(" ", phrase).strip(), (KINDS[kind], value)))
    entries.sort(key=lambda entry: entry[0] not in _FIRST_LANGUAGES)
    doubtful = set(_doubtful_months(entries))
    for form in (str, fold):
        for language, phrase, meaning in entries:
            word = form(phrase)
            by_language[language].setdefault(word, meaning)
            if word not in doubtful:
                shared.setdefault(word, meaning)
    for words in by_language.values():
        for beginning, meaning in _beginnings_of_months(words).items():
            words.setdefault(beginning, meaning)
    affixes.sort(key=lambda affix: -len(affix.text))
    return _Words(shared, dict(by_language), tuple(affixes), frozenset(nothing))


def _beginnings_of_months(words: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """Return what months may be shortened to: beginnings of four letters or more that no two months share."""
    beginnings = defaultdict[str, set[Meaning]](set)
    for word, meaning in words.items():
        if meaning[0] == "M" and " " not in word:
            for length in range(_SHORTEST_BEGINNING, len(word) - 1):
                beginnings[word[:length]].add(meaning)
    return {beginning: meanings.pop() for beginning, meanings in beginnings.items() if len(meanings) == 1}


def _doubtful_months(entries: list[tuple[str, str, Meaning]]) -> Iterator[str]:
    months = dict[str, int]()
    for _, phrase, (kind, value) in entries:
        if kind == "M" and months.setdefault(fold(phrase), value) != value:
            yield fold(phrase)


def _rows() -> Iterator[tuple[str, int, str, str]]:
    for row in chain.from_iterable(rows_of(__package__, name) for name in _TABLES):
        kind, value, language, phrases = row.values()
        for phrase in phrases.split("|"):
            yield kind, int(value), language, phrase
