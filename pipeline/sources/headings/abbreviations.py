"""Abbreviated headings: "Kurzbeschr.", "Brief desc." and "Proj. title", by the known headings that begin so."""

import re
from bisect import bisect_left
from functools import cache
from itertools import takewhile

from pipeline.sources.headings.heading_table import WEAK, Meaning, fold_header, known_headings

_LONGEST = 40
_SHORTEST = 3
_MOST_CANDIDATES = 200
_WORD = re.compile(r"([^\W\d_]+)(\.?)")


def abbreviated(header: str) -> tuple[Meaning, ...]:
    """Return the field of the known headings that one with full stops may stand for, if they all name one field."""
    words = (
        [(fold_header(word), bool(dot)) for word, dot in _WORD.findall(header)]
        if len(header) <= _LONGEST
        else []
    )
    if not any(dot and len(word) >= _SHORTEST for word, dot in words):
        return ()
    first = words[0][0]
    headings, at = _sorted_headings(), bisect_left(_sorted_headings(), first)
    beginning = list(
        takewhile(lambda heading: heading.startswith(first), headings[at : at + _MOST_CANDIDATES])
    )
    meanings = [
        meaning
        for heading in beginning
        if _may_be(heading.split(), words)
        for _, meaning in known_headings()[heading]
        if meaning.rank < WEAK or len(words) > 1
    ]
    named = {(meaning.field, meaning.part) for meaning in meanings}
    return tuple(Meaning(field, part=part, rank=WEAK) for field, part in named) if len(named) == 1 else ()


def _may_be(full: list[str], words: list[tuple[str, bool]]) -> bool:
    """Return whether the words of a heading are those given, each with a full stop only its beginning."""
    return len(full) == len(words) and all(
        name.startswith(word) if dot else name == word for name, (word, dot) in zip(full, words, strict=True)
    )


@cache
def _sorted_headings() -> list[str]:
    return sorted(known_headings())
