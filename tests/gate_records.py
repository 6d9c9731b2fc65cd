"""Records for gate tests and benchmarks: practices of the real model, and faults planted in their triples."""

import random
from collections.abc import Iterator

from pipeline.describe import describe, describe_city, describe_state
from pipeline.iris import Deployment
from pipeline.ntriples import Triple, write
from pipeline.practice import City, Period, Practice

BASE = "https://data.example.org"
_DEPLOYMENT = Deployment(BASE)
_TOPICS = ("education", "housing-and-urban-planning", "refugees", "roma", "multilingualism", "neighbourhood")
_WORDS = "city school women theatre youth dialogue welcome market street festival library council".split()
_CITIES = tuple(
    City(
        f"it-town-{number}", "ITA", (("en", f"Town {number}"), ("it", f"Paese {number}")), "city", 41.5, 12.25
    )
    for number in range(150)
)


def practices(count: int, seed: int = 1) -> Iterator[Practice]:
    """Yield that many practices, alike in shape and different in words."""
    chance = random.Random(seed)
    for number in range(count):
        yield _practice(number, chance)


def block(practice: Practice) -> tuple[str, tuple[Triple, ...]]:
    """Return a practice's IRI and all triples that go to the gate with it: its own, its period, record, cities."""
    triples = [*describe(practice, _DEPLOYMENT), *describe_state(practice, _DEPLOYMENT)]
    for city in practice.cities:
        triples.extend(describe_city(city, _DEPLOYMENT))
    return _DEPLOYMENT.practice(practice.slug).strip("<>"), tuple(triples)


def blocks(count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield practice IRI and N-Triples lines of that many sound practices."""
    for practice in practices(count, seed):
        name, triples = block(practice)
        yield name, write(triples)


def _practice(number: int, chance: random.Random) -> Practice:
    start = chance.randint(2008, 2023)
    end = start + chance.randint(0, 3)
    words = chance.choices(_WORDS, k=40)
    text = " ".join(words)
    return Practice(
        slug=f"practice-{number}",
        titles=(("en", f"{text[:40]} {number}"),),
        identifier=f"p-{number}",
        descriptions=(("en", f"The {text}."),),
        sections=(("purpose", (("en", f"To {text}."),)), ("impact", (("en", f"More {text[:90]}."),))),
        topics=tuple(chance.sample(_TOPICS, chance.randint(1, 3))),
        countries=("ITA",),
        cities=(chance.choice(_CITIES),),
        date_texts=(("en", f"{start}-{end}"),),
        period=Period(str(start), str(end), False, f"{start}/{end}", tuple(range(start, end + 1))),
        sources=(f"https://www.coe.int/en/web/interculturalcities/-/practice-{number}",),
        issued="2024-05-01T08:00:00Z",
        modified="2024-06-01T08:00:00Z",
    )
