"""Practices of the real model as triples, for tests and benchmarks of the gate."""

import random
from collections.abc import Iterator

from pipeline.description.describe import describe, describe_city, describe_state
from pipeline.model.practice import City, Period, Practice
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import write

_DEPLOYMENT = Deployment("https://data.example.org")
_TOPICS = ("education", "housing-and-urban-planning", "refugees", "roma", "multilingualism", "neighbourhood")
_WORDS = ("city", "school", "women", "theatre", "youth", "dialogue", "welcome", "market", "street", "library")
_CITIES = tuple(
    City(
        f"it-town-{number}", "ITA", (("en", f"Town {number}"), ("it", f"Paese {number}")), "city", 41.5, 12.25
    )
    for number in range(150)
)


def blocks(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield the IRI of each of some practices, and all N-Triples that go to the gate with it."""
    chance = random.Random(seed)
    for number in range(count):
        practice = _practice(number, chance)
        triples = [*describe(practice, _DEPLOYMENT), *describe_state(practice, _DEPLOYMENT)]
        for city in practice.cities:
            triples.extend(describe_city(city, _DEPLOYMENT))
        yield _DEPLOYMENT.practice(practice.slug).strip("<>"), write(triples)


def broken(lines: str, number: int) -> str:
    """Return the lines of a practice with one fault planted, of a kind that the number chooses."""
    old, new = FAULTS[number % len(FAULTS)]
    assert old in lines
    return lines.replace(old, new)


_ICGP = "https://w3id.org/intercultural-practices/ns#"
_DCT = "http://purl.org/dc/terms/"
FAULTS = (
    (f"<{_DCT}title>", "<http://purl.org/dc/terms/titel>"),
    (f"<{_ICGP}country> <https://w3id.org/intercultural-practices/country/ITA>", f"<{_ICGP}country> <urn:x>"),
    (f"<{_ICGP}topic>", f"<{_ICGP}theme>"),
    ("gYear> .", 'gYear> .\n<urn:stray> <http://purl.org/dc/terms/title> "A stray" .'),
    ('<http://www.w3.org/ns/dcat#startDate> "20', '<http://www.w3.org/ns/dcat#startDate> "2x'),
    (f'<{_ICGP}endYear> "', f'<{_ICGP}endYear> "0'),
    ('"The ', '"<b>The '),
    ("#dateTime> .", "#date> ."),
    ("<http://xmlns.com/foaf/0.1/primaryTopic>", "<http://xmlns.com/foaf/0.1/topic>"),
    (f'<{_ICGP}ongoing> "false"', f'<{_ICGP}ongoing> "0"'),
    (
        "@en .",
        "@xx .",
    ),
    (f"<{_DCT}source> <https:", f"<{_DCT}source> <ftp:"),
)
"""The lines of a valid practice, and changes that break it."""


def _practice(number: int, chance: random.Random) -> Practice:
    start = chance.randint(2008, 2023)
    end = start + chance.randint(0, 3)
    text = " ".join(chance.choices(_WORDS, k=40))
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
