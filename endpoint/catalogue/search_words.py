"""Words: what people type into the search box, as the words and spellings to look for."""

import re
import unicodedata
from functools import lru_cache

MOST_WORDS = 12
WORDS_BEFORE, WORDS_AFTER = 12, 28
"""How many words of a text an excerpt shows before and after its first hit."""

Words = tuple[tuple[str, ...], ...]
"""For each word the spellings to look for, the word itself first."""

_WORD = re.compile(r"\w+", re.UNICODE)
_SPELLINGS = (
    ("isation", "ization"),
    ("our", "or"),
    ("ise", "ize"),
    ("centre", "center"),
    ("programme", "program"),
)
"""Endings that British and American English write differently."""


def read_words(text: str) -> Words:
    """Return the words of a text, each with the spellings to look for."""
    return tuple(_spellings(word) for word in dict.fromkeys(words_of(text)[:MOST_WORDS]))


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, in their order."""
    return _WORD.findall(text.replace("_", " ").lower())


def _spellings(word: str) -> tuple[str, ...]:
    for british, american in _SPELLINGS:
        for one, other in ((british, american), (american, british)):
            stem, ending, rest = word.rpartition(one)
            if ending and len(stem) > 2 and len(rest) <= 2:
                return (word, stem + other + rest)
            if word.removesuffix("s") == one:
                return (word, other)
    return (word,)


def mark(text: str, words: Words) -> str:
    """Return a text with the words that were looked for between U+0002 and U+0003."""
    if not words:
        return text
    likely, starts = _sought(words)
    return likely.sub(
        lambda word: f"\x02{word[0]}\x03" if folded(word[0]).startswith(starts) else word[0], text
    )


def excerpt(text: str, words: Words) -> str:
    """Return the part of a text around its first hit, marked as by ``mark``; empty where there is none."""
    first = _first_hit(text, words)
    if first is None:
        return ""
    # Only what is shown is marked: most words of a long text are nowhere near its first hit.
    before, head, tail = text[:first], text[:first].split(), text[first:].split()
    start = " ".join(head[-WORDS_BEFORE:])
    gap = before[-1:] if before[-1:].isspace() else ""
    shown = (
        ("… " if len(head) > WORDS_BEFORE else "") + start + gap + mark(" ".join(tail[:WORDS_AFTER]), words)
    )
    return shown + (" …" if len(tail) > WORDS_AFTER else "")


def _first_hit(text: str, words: Words) -> int | None:
    """Return where the first of the words stands in a text, None where none does."""
    likely, starts = _sought(words)
    found = (word.start() for word in likely.finditer(text) if folded(word[0]).startswith(starts))
    return next(found, None)


@lru_cache(maxsize=100)
def _sought(words: Words) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return what finds words that may be hits, and the beginnings by which to tell, without diacritics.

    Only words with a letter beyond ASCII need a closer look; a page of results has thousands of others.
    """
    starts = tuple(folded(spelling) for spellings in words for spelling in spellings)
    spelled = "|".join(map(re.escape, starts))
    return re.compile(rf"\b(?:(?i:{spelled})|[A-Za-z0-9_]*+[^\W\x00-\x7f])\w*"), starts


def folded(word: str) -> str:
    """Return a word without case and diacritics, as the index compares words."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
