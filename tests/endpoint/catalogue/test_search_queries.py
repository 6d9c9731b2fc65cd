"""What people type, and the practices that they expect: the tables in ``tests/cases/search``.

``relevant`` are the beginnings of slugs, or values of facets that one practice has (``topic=roma&country=ITA``);
``must`` are those that the whole list has to hold.
"""

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import pytest

from endpoint.catalogue import word_matches
from endpoint.catalogue.bitset import positions_in
from endpoint.catalogue.open_release import Release, open_release
from endpoint.catalogue.search import find
from endpoint.catalogue.search_cache import Searches
from endpoint.catalogue.search_index import Index
from endpoint.catalogue.selection import Selection
from pipeline.release.contents import common_words

QUERIES = Path(__file__).parents[2] / "cases" / "search"
FIRST = 5


@pytest.fixture(scope="module")
def real(real_output: Path) -> Release:
    return open_release(real_output / "current")


@pytest.fixture(scope="module")
def slugs(real: Release) -> dict[int, str]:
    positions = str(list(real.positions))
    return {row["position"]: row["slug"] for row in real.index.rows("listed", positions=positions)}


def has(release: Release, position: int, slug: str, wanted: str) -> bool:
    """Return whether a practice is one of those that ``wanted`` names."""
    if "=" not in wanted:
        return slug.startswith(wanted)
    pairs = (part.partition("=") for part in wanted.split("&") if "=" in part)
    return all(release.facets.bits.get((facet, value), 0) >> position & 1 for facet, _, value in pairs)


@dataclass(frozen=True, slots=True)
class Measured:
    """How well one search did: of the first five how many are relevant, or of as many as there are at all."""

    query: str
    precision: float
    of_possible: float
    recall: float


def measured(release: Release, slugs: dict[int, str], table: str) -> Iterator[Measured]:
    for row in csv.DictReader((QUERIES / table).read_text(encoding="utf-8").splitlines()):
        found = find(release, Selection(q=row["query"]))
        first = found.positions[:FIRST]
        wanted = row["relevant"].split("|")
        relevant = {at for at in slugs if any(has(release, at, slugs[at], each) for each in wanted)}
        good = len(relevant.intersection(first))
        everything = [slugs[at] for at in positions_in(found.bits)]
        must = row["must"].split("|")
        there = [each for each in must if any(slug.startswith(each) for slug in everything)]
        most = min(len(first), len(relevant))
        yield Measured(
            row["query"],
            good / len(first) if first else 0.0,
            good / most if most else 0.0,
            len(there) / len(must),
        )


def test_sixty_searches_find_what_people_expect(real: Release, slugs: dict[int, str]) -> None:
    every = list(measured(real, slugs, "queries.csv"))
    poor = [each for each in every if each.precision < 0.6 or each.recall < 1]
    assert len(every) >= 60
    assert mean(each.precision for each in every) >= 0.9, poor
    assert mean(each.recall for each in every) >= 0.95, poor


def test_searches_in_the_languages_of_the_data_jargon_and_compounds(
    real: Release, slugs: dict[int, str]
) -> None:
    every = list(measured(real, slugs, "further_queries.csv"))
    poor = [each for each in every if each.of_possible < 0.6 or each.recall < 1]
    assert len(every) >= 100
    assert mean(each.of_possible for each in every) >= 0.88, poor
    assert mean(each.recall for each in every) >= 0.95, poor


def test_the_stored_practices_of_common_words_are_those_that_a_search_finds(
    real: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common_words, "FEWEST_PRACTICES", 1)
    monkeypatch.setattr(word_matches, "LARGE", 1)
    path = tmp_path / "index.sqlite"
    shutil.copy(real.path / "index.sqlite", path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, search, 'row')")
        words = db.execute("SELECT term, doc FROM temp.word").fetchall()
        common_words.write_common_words(db, words, real.practices)
        db.commit()
        assert db.execute("SELECT count(*) FROM common").fetchone()[0] > 100
    stored = Searches(Index(path), real.facets)
    for table in ("queries.csv", "further_queries.csv"):
        for row in csv.DictReader((QUERIES / table).read_text(encoding="utf-8").splitlines()):
            ours, others = stored.matches(row["query"]), real.searches.matches(row["query"])
            assert (ours.exact, ours.near) == (others.exact, others.near), row["query"]
            assert len(set(stored.best(ours))) == len(stored.best(ours))


def test_a_release_of_older_software_is_searched_without_headings_and_common_words(
    real: Release, tmp_path: Path
) -> None:
    path = tmp_path / "index.sqlite"
    shutil.copy(real.path / "index.sqlite", path)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE heading; DROP TABLE common;")
    older = Searches(Index(path), real.facets)
    for text in ("school", "intercultural city", "refugees in Italy", "zzzz"):
        ours, others = older.matches(text), real.searches.matches(text)
        assert ours == others
        assert list(older.best(ours)) == list(real.searches.best(others))


def test_both_practices_of_a_probable_duplicate_are_listed(real: Release, slugs: dict[int, str]) -> None:
    doubtful = find(real, Selection(finding=("duplicate-probable",)))

    assert doubtful.count == 8
    assert {"house-of-peace-and-human-rights", "todos-walk-of-cultures"} <= {
        slugs[at] for at in doubtful.positions
    }


@pytest.mark.parametrize("word", ["portes", "workers", "jury", "civic", "datos", "mamans", "parente"])
def test_a_word_of_some_language_is_not_corrected_to_another_word(real: Release, word: str) -> None:
    assert real.searches.matches(word).corrected == ""
