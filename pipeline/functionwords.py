"""Function words: a quick and certain yes to the question whether a text is in the language it is said to be in."""

import csv
import re
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+")
_FEWEST = 4
_SHARE = 0.1
_LEAD = 1.5


def is_plainly(text: str, language: str) -> bool:
    """Tell whether the text holds so many small words of a language that no detector need be asked.

    False says nothing: the language may have no list here, or the text too few words.
    """
    lists = _lists()
    own = lists.get(language)
    if own is None:
        return False
    words = _WORD.findall(text.casefold())
    hits = _count(words, own)
    if hits < _FEWEST or hits < _SHARE * len(words):
        return False
    return all(hits >= _LEAD * _count(words, other) for tag, other in lists.items() if tag != language)


def _count(words: list[str], small: frozenset[str]) -> int:
    return sum(map(small.__contains__, words))


@cache
def _lists() -> dict[str, frozenset[str]]:
    table = files("pipeline").joinpath("functionwords.csv").read_text(encoding="utf-8")
    return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(table.splitlines())}
