"""Stems: words without their endings, so that "library" finds "libraries" (Snowball, by PyStemmer)."""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

STEMMED = frozenset(
    (
        *("ar", "ca", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "hu", "hy"),
        *("it", "lt", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sr", "sv", "tr", "yi"),
    )
)
"""Languages for whose endings Snowball has an algorithm."""

_LONGEST_WORD = 64
_WORD = re.compile(r"\w+", re.UNICODE)

_of_this_thread = threading.local()


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, in their order."""
    return _WORD.findall(text.replace("_", " ").lower())


def fold_word(word: str) -> str:
    """Return a word without case and diacritics, as the search index compares words."""
    return word.lower() if word.isascii() else _without_diacritics(word)


@lru_cache(maxsize=10_000)
def _without_diacritics(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


_PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that are not other letters with a diacritic, as people write them on a keyboard that lacks them."""


def stem(word: str, language: str) -> str:
    """Return the stem of a folded word in a language, the plain word where the language has no algorithm."""
    if not word.isascii():
        word = word.translate(_PLAIN_LETTERS)
    if language not in STEMMED or len(word) > _LONGEST_WORD:
        return word
    stemmed: str = _stemmer("no" if language == "nb" else language).stemWord(word)
    return stemmed


def stemmed_phrase(words: Iterable[str], language: str) -> str:
    """Return folded words as the key under which phrases of a language with the same stems are found."""
    return " ".join((language, *(stem(word, language) for word in words)))


def _stemmer(language: str) -> Stemmer.Stemmer:
    """Return a stemmer of this thread: one must not be used by two threads at once."""
    stemmers: dict[str, Stemmer.Stemmer] | None = getattr(_of_this_thread, "stemmers", None)
    if stemmers is None:
        stemmers = _of_this_thread.stemmers = {}
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(language)
    return stemmers[language]
