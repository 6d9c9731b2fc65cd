"""Words: what people type into the search box, as the words and spellings to look for."""

import re

MOST_WORDS = 12

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
    words = _WORD.findall(text.replace("_", " ").lower())
    return tuple(_spellings(word) for word in dict.fromkeys(words[:MOST_WORDS]))


def _spellings(word: str) -> tuple[str, ...]:
    for british, american in _SPELLINGS:
        for one, other in ((british, american), (american, british)):
            stem, ending, rest = word.rpartition(one)
            if ending and len(stem) > 2 and len(rest) <= 2:
                return (word, stem + other + rest)
            if word.removesuffix("s") == one:
                return (word, other)
    return (word,)
