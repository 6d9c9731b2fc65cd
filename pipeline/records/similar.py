"""Probable duplicates: practices of one place whose titles say much the same; reported, never merged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from pathlib import Path

from pipeline.language.text_matching import fold
from pipeline.model.practice import City, Practice
from pipeline.system.data_files import text_of
from pipeline.system.scratch_database import scratch_database

_MOST_TITLES = 12
_SHARE = 0.55
_SHORTEST_WORD = 4
_FREQUENT = "anti city cities with from that this their pour dans avec project programme"
_SAYS_NOTHING = frozenset(_FREQUENT.split())
_ACRONYM = re.compile(r"\b[A-Z]{4,}\b")


@dataclass(frozen=True, slots=True)
class Similar:
    """A practice as the comparison knows it."""

    number: int
    slug: str
    title: str


@dataclass(slots=True)
class Titles:
    """The titles of some practices, and their telling words under each of their places."""

    named: list[tuple[int, str, str, int | None]] = field(default_factory=list)
    words: list[tuple[str, str, int, bool]] = field(default_factory=list)

    def add(self, number: int, practice: Practice) -> None:
        """Note the titles of a practice."""
        if not practice.titles:
            return
        start = practice.period.start if practice.period is not None else None
        places = [city.key for city in practice.cities] or list(practice.countries)
        year = int(start[:4]) if start else None
        self.named.append((number, practice.slug, practice.titles[0][1], year))
        words = _words(practice)
        for place in dict.fromkeys(places):
            self.words += [(place, word, number, acronym) for word, acronym in words.items()]


class TitleIndex:
    """The telling words of all titles, on disk."""

    def __init__(self, path: Path) -> None:
        self._db = scratch_database(path, text_of(__package__, "similar.sql"))
        self._db.create_function("ln", 1, log, deterministic=True)

    def close(self) -> None:
        """Close the database; its file may then be deleted."""
        self._db.close()

    def add(self, titles: "Titles") -> None:
        """Note the titles of some practices and their words."""
        self._db.executemany("INSERT INTO named VALUES (?, ?, ?, ?)", titles.named)
        self._db.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", titles.words)

    def pairs(self) -> Iterator[tuple[Similar, Similar]]:
        """Yield pairs of practices that may be one, each pair once, the earlier practice first."""
        self._db.execute("CREATE INDEX IF NOT EXISTS word_place ON word (place, word, number, is_acronym)")
        limits = {"most": _MOST_TITLES, "share": _SHARE}
        for row in self._db.execute(text_of(__package__, "similar_pairs.sql"), limits):
            yield Similar(*row[:3]), Similar(*row[3:])


@lru_cache(maxsize=10_000)
def _words_of_name(city: City) -> frozenset[str]:
    return frozenset(word for _, name in city.names for word in fold(name).split())


def _words(practice: Practice) -> dict[str, bool]:
    """Return the telling words of the titles, each with whether a title has it in capitals."""
    own_place: frozenset[str] = frozenset().union(*map(_words_of_name, practice.cities))
    words: dict[str, bool] = {}
    for _, title in practice.titles:
        for word in fold(title).split():
            if len(word) >= _SHORTEST_WORD and word not in own_place and word not in _SAYS_NOTHING:
                words.setdefault(word, False)
        for acronym in _ACRONYM.findall(title):
            if (word := fold(acronym)) in words:
                words[word] = True
    return words
