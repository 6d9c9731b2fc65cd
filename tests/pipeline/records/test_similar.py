"""Probable duplicates: the pairs follow a rule in words, and finding them takes work that grows with the practices."""

import math
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.practice import City, Period, Practice
from pipeline.records.similar import TitleIndex, Titles

pytestmark = pytest.mark.thorough

CITIES = [City(f"it-{number}", "ITA", (("en", f"Place{number}"),)) for number in range(10)]
WORDS = [f"{first}{second}word" for first in "abcdefghij" for second in "abcdefghijklmnopqrst"]
GROWTH = 7.0
"""Times the work that four times the practices may take; the square would be 16."""


def practice(
    number: int, words: Sequence[str], cities: tuple[City, ...], year: int | None = None
) -> Practice:
    period = Period(str(year), None, False, None, ()) if year else None
    return Practice(
        f"p{number}",
        (("en", " ".join(words)),),
        f"id{number}",
        countries=("ITA",),
        cities=cities,
        period=period,
    )


def pairs(practices: Sequence[Practice]) -> tuple[list[tuple[int, int]], float]:
    """Return the numbers of the pairs found, and the seconds of computing that it took."""
    with tempfile.TemporaryDirectory() as folder:
        index = TitleIndex(Path(folder) / "titles.sqlite")
        titles = Titles()
        for number, each in enumerate(practices):
            titles.add(number, each)
        index.add(titles)
        began = time.process_time()
        found = [(one.number, other.number) for one, other in index.pairs()]
        took = time.process_time() - began
        index.close()
    return found, took


def expected(practices: Sequence[Practice]) -> set[tuple[int, int]]:
    """Return the pairs by the rule: words of few titles in a place that make up most of a title, or an acronym."""
    titles = [{word.lower(): word.isupper() for word in each.titles[0][1].split()} for each in practices]
    everywhere = Counter(word for title in titles for word in title)
    local: dict[str, Counter[str]] = defaultdict(Counter)
    for each, title in zip(practices, titles, strict=True):
        for city in each.cities:
            local[city.key].update(title.keys())

    def weigh(words: set[str]) -> float:
        return sum(math.log(1 + len(practices) / everywhere[word]) for word in words)

    def are_similar(one: int, other: int, place: str) -> bool:
        first, second = titles[one], titles[other]
        shared = {word for word in first.keys() & second.keys() if local[place][word] <= 12}
        start, end = (
            (period.start if period else None) for period in (practices[one].period, practices[other].period)
        )
        if not shared or (start and end and start != end):
            return False
        most = weigh(shared) >= 0.55 * min(weigh(set(first)), weigh(set(second)))
        return (len(shared) > 1 and most) or (
            bool(start) and start == end and any(first[word] or second[word] for word in shared)
        )

    return {
        (one, other)
        for one, other in combinations(range(len(practices)), 2)
        for city in set(practices[one].cities) & set(practices[other].cities)
        if are_similar(one, other, city.key)
    }


TITLES = st.lists(
    st.sampled_from([*WORDS[:7], "TODOS", "todos"]), min_size=1, max_size=4, unique_by=str.lower
)


@given(
    st.lists(
        st.tuples(
            TITLES,
            st.lists(st.sampled_from(CITIES[:2]), min_size=1, max_size=2, unique=True).map(tuple),
            st.none() | st.sampled_from([2001, 2002]),
        ),
        max_size=20,
    )
)
def test_the_pairs_are_those_of_the_rule_in_words(
    made: list[tuple[list[str], tuple[City, ...], int | None]],
) -> None:
    practices = [practice(number, *each) for number, each in enumerate(made)]
    found, _ = pairs(practices)
    assert set(found) == expected(practices)
    assert found == sorted(set(found), key=lambda pair: (pair[1], pair[0]))


SHAPES: dict[str, Callable[[random.Random, int], Practice]] = {
    "ten cities": lambda dice, number: practice(number, dice.sample(WORDS, 5), (CITIES[number % 10],)),
    "one city": lambda _, number: practice(number, [f"a{number}word", f"b{number % 97}word"], (CITIES[0],)),
    "the same words": lambda _, number: practice(number, WORDS[:5], (CITIES[number % 10],)),
    "the same words by groups": lambda _, number: practice(
        number, [*WORDS[:3], f"x{number // 12}word"], (City(f"it-{number // 12}", "ITA", (("en", "Place"),)),)
    ),
    "a few words everywhere": lambda dice, number: practice(
        number,
        [*dice.choices(WORDS, [1 / (rank + 1) for rank in range(len(WORDS))], k=5)],
        (CITIES[number % 10],),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_practices_take_about_four_times_the_work(shape: str) -> None:
    practices = [SHAPES[shape](random.Random(number), number) for number in range(8000)]
    few = min(pairs(practices[:2000])[1] for _ in range(3))
    many = min(pairs(practices)[1] for _ in range(2))
    assert many <= GROWTH * max(few, 0.02), (few, many)
