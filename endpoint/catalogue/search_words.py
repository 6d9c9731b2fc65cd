"""Words: what people type into the search box, as the words and spellings to look for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language.stemming import fold_word, words_of

MOST_WORDS = 12
_SHORT = 4
"""Words up to this length are searched as a whole; longer ones are also searched as beginnings of words."""

WORDS_BEFORE, WORDS_AFTER = 12, 28
"""How many words of a text an excerpt shows before and after its first hit."""

Words = tuple[tuple[str, ...], ...]
"""For each word the spellings to look for, the word itself first; one that ends in ``*`` is a beginning."""

_SPELLINGS = (
    ("isation", "ization"),
    ("our", "or"),
    ("ise", "ize"),
    ("centre", "center"),
    ("programme", "program"),
)
"""Endings that British and American English write differently."""


_UMLAUT = re.compile("([aou])e")


def read_words(text: str) -> Words:
    """Return the words of a text, each with the spellings to look for."""
    return tuple(spellings_of(word) for word in dict.fromkeys(words_of(text)[:MOST_WORDS]))


def is_beginning(spelling: str) -> bool:
    """Return whether a spelling also stands for the longer words that begin with it."""
    return len(spelling) > _SHORT or spelling.endswith("*")


def without_covered(spellings: Sequence[str]) -> tuple[str, ...]:
    """Return the spellings that no other one stands for: "school" also finds "schools", at half the cost."""
    beginnings = {spelling.rstrip("*") for spelling in spellings if is_beginning(spelling)}
    return tuple(
        spelling
        for spelling in spellings
        if not any(spelling[:end] in beginnings for end in range(1, len(spelling.rstrip("*"))))
    )


def spellings_of(word: str) -> tuple[str, ...]:
    """Return a word in British and American spelling, as it is written first."""
    for british, american in _SPELLINGS:
        for one, other in ((british, american), (american, british)):
            stem, ending, rest = word.rpartition(one)
            if ending and len(stem) > 2 and len(rest) <= 2:
                return (word, stem + other + rest)
            if word.removesuffix("s") == one:
                return (word, other)
    return (word,)


def without_umlauts(word: str) -> str:
    """Return a folded word with a, o and u where it has ae, oe and ue, as "Neukoelln" for "Neukölln"."""
    return _UMLAUT.sub(r"\1", word)


def mark(text: str, words: Words) -> str:
    """Return a text with the words that were looked for between U+0002 and U+0003."""
    if not words:
        return text
    sought = _hit_pattern(words)
    return sought.likely.sub(lambda word: f"\x02{word[0]}\x03" if sought.has(word[0]) else word[0], text)


def excerpt(text: str, words: Words) -> str:
    """Return the part of a text around its first hit, marked as by ``mark``; empty if there is none."""
    first = _first_hit(text, words)
    if first is None:
        return ""
    # Only what is shown is marked: most words of a long text are nowhere near its first hit.
    before = text[:first]
    head, tail = before.rsplit(maxsplit=WORDS_BEFORE), text[first:].split(maxsplit=WORDS_AFTER)
    start = " ".join(head[-WORDS_BEFORE:])
    gap = before[-1:] if before[-1:].isspace() else ""
    passage = (
        ("… " if len(head) > WORDS_BEFORE else "") + start + gap + mark(" ".join(tail[:WORDS_AFTER]), words)
    )
    return passage + (" …" if len(tail) > WORDS_AFTER else "")


def _first_hit(text: str, words: Words) -> int | None:
    """Return where the first of the words is in a text, None if there is none."""
    sought = _hit_pattern(words)
    starts = (word.start() for word in sought.likely.finditer(text) if sought.has(word[0]))
    return next(starts, None)


@dataclass(frozen=True, slots=True)
class _HitPattern:
    """What finds the words that may be hits, and what tells the hits among them, folded."""

    likely: re.Pattern[str]
    whole: frozenset[str]
    beginnings: tuple[str, ...]

    def has(self, word: str) -> bool:
        """Return whether a word is a hit."""
        plain = fold_word(word)
        return plain in self.whole or plain.startswith(self.beginnings)


@lru_cache(maxsize=100)
def _hit_pattern(words: Words) -> _HitPattern:
    """Return what finds some words.

    Only words with a letter beyond ASCII need a closer look; a page of results has thousands of others.
    """
    spelled = without_covered([fold_word(spelling) for spellings in words for spelling in spellings])
    beginnings = tuple(text.rstrip("*") for text in spelled if is_beginning(text))
    whole = frozenset(text for text in spelled if not is_beginning(text))
    either = "|".join([*(rf"{re.escape(text)}\w*" for text in beginnings), *map(re.escape, whole)])
    likely = re.compile(rf"\b(?:(?i:{either})|[A-Za-z0-9_]*+[^\W\x00-\x7f]\w*)(?!\w)")
    return _HitPattern(likely, whole, beginnings)
