"""Function words: a quick and sure check that a text is in its stated language."""

import re
from collections import Counter
from functools import cache
from itertools import chain

from pipeline.system.data_files import rows_of

_WORD = re.compile(r"[^\W\d_]+")
_SPACED = "".join(chr(code) if chr(code).isalpha() else " " for code in range(128))
"""What each ASCII character is among words: itself, or a space."""

_FEWEST, _SHARE = 3, 0.15
_LEAD, _SHARE_OF_LEAD = 2, 0.04


def is_plainly(text: str, language: str) -> bool:
    """Return whether the text has enough small words of a language that no detector is needed.

    They must be a good part of its words, and clearly more than those of any other language that has a list:
    words that two languages share count for both. False says nothing: the language may have no list here, or
    the text too few words.
    """
    words = _words_of(text)
    hits_by_language = Counter(chain.from_iterable(filter(None, map(_languages().get, words))))
    hits = hits_by_language.pop(language, 0)
    lead = hits - max(hits_by_language.values(), default=0)
    return hits >= max(_FEWEST, _SHARE * len(words)) and lead >= max(_LEAD, _SHARE_OF_LEAD * len(words))


def _words_of(text: str) -> list[str]:
    if text.isascii():
        return text.lower().translate(_SPACED).split()
    return _WORD.findall(text.casefold())


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    """Return the languages that have a word among their small ones."""
    languages: dict[str, tuple[str, ...]] = {}
    for row in rows_of(__package__, "function_words.csv"):
        for word in dict.fromkeys(row["words"].split()):
            languages[word] = (*languages.get(word, ()), row["language"])
    return languages


@cache
def words_of_language(language: str) -> frozenset[str]:
    """Return the small words of a language, none where it has no list."""
    return frozenset(word for word, languages in _languages().items() if language in languages)
