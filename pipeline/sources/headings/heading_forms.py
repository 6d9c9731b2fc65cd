"""Forms of headings: with a group or code before them ("practice/title", "q1. Title"), abbreviated ("Kurzbeschr.")."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from pipeline.sources.headings.heading_table import WEAK, Meaning, fold_header, known_headings, table_words

_FEWEST = 2
_LONGEST = 100
_BETWEEN_WORDS = re.compile(r"[.:/_-]+")
_ARROW = re.compile(r"\s?(?:>>|»|→|::)\s?")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}(?:\[[A-Za-z0-9_]{1,10}\])?\.\s+(?=\S)")
_LONGEST_ABBREVIATED = 40
_SHORTEST = 3
_MOST_CANDIDATES = 200
_WORD = re.compile(r"([^\W\d_]+)(\.?)")


def without_codes(headers: Sequence[str]) -> list[str]:
    """Return headings without the codes of their questions, where most have one."""
    coded = sum(1 for header in headers if _CODE.match(header))
    if coded < _FEWEST or coded * 2 < len(headers):
        return list(headers)
    return [_CODE.sub("", header, count=1) for header in headers]


def without_groups(headers: Sequence[str]) -> list[str]:
    """Return headings without the group that several of them begin with, each followed by another word."""
    members: dict[str, set[str]] = defaultdict(set)
    headers = [_ARROW.sub("/", header) for header in headers]
    for header in headers:
        group, _, own = header.rpartition("/")
        members[group].add(own.strip())
    groups = {group for group, own in members.items() if group and len(own) >= _FEWEST}
    parts = [header.rpartition("/") for header in headers]
    return [own.strip() if group in groups else f"{group}{slash}{own}" for group, slash, own in parts]


def without_group(header: str) -> str:
    """Return a name without words for a group or a vocabulary at its beginning: "city" of "addr:city"."""
    parts = _BETWEEN_WORDS.split(header) if " " not in header and len(header) <= _LONGEST else []
    groups = sum(1 for _ in takewhile(lambda part: fold_header(part) in table_words("group"), parts))
    return " ".join(parts[groups:]) if groups else ""


def meanings_of_abbreviation(header: str) -> tuple[Meaning, ...]:
    """Return the field of the known headings that one with full stops may stand for, if they all name one field."""
    if len(header) > _LONGEST_ABBREVIATED:
        return ()
    words = [(fold_header(word), bool(dot)) for word, dot in _WORD.findall(header)]
    if not any(dot and len(word) >= _SHORTEST for word, dot in words):
        return ()
    first = words[0][0]
    headings = _sorted_headings()
    at = bisect_left(headings, first)
    candidates = headings[at : at + _MOST_CANDIDATES]
    beginning = takewhile(lambda heading: heading.startswith(first), candidates)
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
