"""Keys of phrases: under which the index has names and keywords, and the tables of words have what means the same."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline.language.function_words import words_of_language
from pipeline.language.stemming import fold_word, stem, stemmed_phrase, words_of
from pipeline.recognition.places.countries import LANGUAGES
from pipeline.release.contents.search_phrases import OTHER_LANGUAGES, key_language, place_key
from pipeline.system.data_files import rows_of

_LONGEST_FOREIGN = 2


class Phrase(NamedTuple):
    """Words that mean something in a language."""

    language: str
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the key of the phrase in its own language."""
        return stemmed_phrase(map(fold_word, self.words), key_language(self.language))


def keys_of(phrase: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of a phrase: as a place's name, and by its stems in each language of the vocabulary."""
    return (place_key(" ".join(phrase)), *_keys(tuple(phrase), LANGUAGES))


def foreign_keys_of(phrase: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of a short phrase in other languages. Their stems may clash with unrelated words."""
    return _keys(tuple(phrase), (*OTHER_LANGUAGES, "")) if len(phrase) <= _LONGEST_FOREIGN else ()


@lru_cache(maxsize=2048)
def _keys(phrase: tuple[str, ...], languages: tuple[str, ...]) -> tuple[str, ...]:
    stems = zip(languages, *(_stems(word, languages) for word in phrase), strict=True)
    return tuple(map(" ".join, stems))


@lru_cache(maxsize=2048)
def _stems(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    plain = fold_word(word)
    return tuple(stem(plain, language) for language in languages)


@cache
def small_words() -> frozenset[str]:
    """Return the words that a search ignores: small words and those of questions."""
    asked = {word for row in rows_of(__package__, "question_words.csv") for word in row["words"].split()}
    return frozenset(asked.union(*(words_of_language(language) for language in LANGUAGES)))


@cache
def synonyms() -> Mapping[str, frozenset[Phrase]]:
    """Return for the key of each phrase, in each language, the phrases that mean the same."""
    same_by_key: dict[str, frozenset[Phrase]] = {}
    for row in rows_of(__package__, "synonyms.csv"):
        same = frozenset(
            Phrase(language, tuple(words_of(text)))
            for language, cell in row.items()
            for text in filter(None, cell.split("|"))
        )
        for phrase in same:
            same_by_key[phrase.key] = same_by_key.get(phrase.key, frozenset()) | same
    return same_by_key


@cache
def regions() -> Mapping[str, tuple[str, ...]]:
    """Return for the key of a word the codes of the countries that it stands for: "nordic", "spanish", "scotland"."""
    return {
        place_key(word): tuple(row["countries"].split())
        for row in rows_of(__package__, "regions.csv")
        for word in row["words"].split("|")
    }
