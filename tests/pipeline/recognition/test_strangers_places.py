"""Countries, cities and topics as strangers write them: what each is taken for, or what is suggested for it.

``expected`` has alternatives, separated by "or": codes of countries, names of cities or slugs of topics, several
with ``|`` between; ``asks:X`` for a text that is not known and for which a name that begins with X is suggested;
``?`` for one that is not known and for which nothing is suggested that would harm.
"""

import csv
import gc
import time

import locations
import pytest

from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.topics import recognise_topics

READERS = {
    "country": recognise_country,
    "city": lambda text: recognise_cities(text, "NOR"),
    "topics": recognise_topics,
}
FILES = sorted((locations.CASES / "strangers").glob("places_*.csv"))


def cases() -> list[dict[str, str]]:
    return [row for path in FILES for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


def outcomes(case: dict[str, str]) -> set[str]:
    """Return everything that can be said of how the text was read."""
    kind, _, text = case["text"].partition(": ")
    if kind == "country":
        countries = recognise_country(text)
        said, unknown = {"|".join(countries.codes)}, countries.unknown
    elif kind == "city":
        cities = recognise_cities(text, *recognise_country(case["country"]).codes)
        names = [[name for _, name in city.names] for city in cities.cities]
        said, unknown = (
            set(names[0] if len(names) == 1 else ["|".join(name[0] for name in names)]),
            cities.unknown,
        )
    else:
        topics = recognise_topics(text)
        said, unknown = {"|".join(topics.slugs)}, topics.unknown
    if not unknown:
        return said
    suggested = {str(value.suggestion.value) for value in unknown if value.suggestion}
    return {"asks", *(f"asks:{name}" for name in suggested)} if suggested else {"?"}


def is_expected(said: set[str], expected: str) -> bool:
    wanted = expected.split(" or ")
    return any(
        each in said or any(one.startswith(each) for one in said if "asks:" in each) for each in wanted
    )


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["text"])
def test_a_stranger_s_place_or_topic_is_taken_for_what_it_is(case: dict[str, str]) -> None:
    said = outcomes(case)

    assert is_expected(said, case["expected"]), said


def cost(kind: str, piece: str, count: int) -> float:
    text = "".join(piece.format(number) for number in range(count))
    gc.freeze()  # the garbage collector need not look at what other tests have left in memory
    start = time.process_time()
    READERS[kind](text)
    taken = time.process_time() - start
    gc.unfreeze()
    return taken


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    "piece",
    ["St. x{};", "x{},", "X{} (NO)/", "N. Ireland;", "a. ", "*", "   x", "\U0001f1f3\U0001f1f4", "[1]", "("],
)
def test_the_cost_of_a_cell_grows_with_its_length_and_no_faster(kind: str, piece: str) -> None:
    READERS[kind]("Oslo; Narnia")  # the tables are read once
    smaller = cost(kind, piece, 2000)

    assert cost(kind, piece, 8000) < 10 * (smaller + 0.01)
