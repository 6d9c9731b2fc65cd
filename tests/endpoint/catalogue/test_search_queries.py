"""What people type, and the practices that they expect: ``tests/cases/search/queries.csv``.

``relevant`` are the beginnings of slugs, or values of facets that one practice has (``topic=roma&country=ITA``);
``must`` are those that the whole list has to hold.
"""

import csv
from pathlib import Path
from statistics import mean

import pytest

from endpoint.catalogue.bitset import members
from endpoint.catalogue.open_release import Release, open_release
from endpoint.catalogue.search import find
from endpoint.catalogue.selection import Selection

QUERIES = Path(__file__).parents[2] / "cases" / "search" / "queries.csv"
FIRST = 5


@pytest.fixture(scope="module")
def real(real_output: Path) -> Release:
    return open_release(real_output / "current")


@pytest.fixture(scope="module")
def slugs(real: Release) -> dict[int, str]:
    positions = str(list(real.order("title")))
    return {row["position"]: row["slug"] for row in real.index.rows("listed", positions=positions)}


def has(release: Release, position: int, slug: str, wanted: str) -> bool:
    """Return whether a practice is one of those that ``wanted`` names."""
    if "=" not in wanted:
        return slug.startswith(wanted)
    pairs = (part.partition("=") for part in wanted.split("&") if "=" in part)
    return all(release.facets.bits.get((facet, value), 0) >> position & 1 for facet, _, value in pairs)


def test_sixty_searches_find_what_people_expect(real: Release, slugs: dict[int, str]) -> None:
    precise, complete, poor = [], [], []
    for row in csv.DictReader(QUERIES.read_text(encoding="utf-8").splitlines()):
        found = find(real, Selection(q=row["query"]))
        first = found.positions[:FIRST]
        relevant = row["relevant"].split("|")
        good = [at for at in first if any(has(real, at, slugs[at], wanted) for wanted in relevant)]
        everything = [slugs[at] for at in members(found.bits, real.order("title"))]
        must = row["must"].split("|")
        there = [wanted for wanted in must if any(slug.startswith(wanted) for slug in everything)]
        precise.append(len(good) / len(first) if first else 0.0)
        complete.append(len(there) / len(must))
        if precise[-1] < 0.6 or complete[-1] < 1:
            poor.append((row["query"], [slugs[at] for at in first], sorted(set(must) - set(there))))
    print(
        f"precision in the first {FIRST}: {mean(precise):.3f}, recall: {mean(complete):.3f}", *poor, sep="\n"
    )
    assert len(precise) >= 60
    assert mean(precise) >= 0.9, poor
    assert mean(complete) >= 0.95, poor


def test_both_practices_of_a_probable_duplicate_are_listed(real: Release, slugs: dict[int, str]) -> None:
    doubtful = find(real, Selection(finding=("duplicate-probable",)))

    assert doubtful.count == 8
    assert {"house-of-peace-and-human-rights", "todos-walk-of-cultures"} <= {
        slugs[at] for at in doubtful.positions
    }
