"""Makes records: `python tests/benchmarks/generate.py N --bad 0.005 --seed 1 > file.csv`.

N practices of about a kilobyte each, with real cities, countries, topics and forms of dates; every eighth
has a second row in French. The same arguments give the same bytes, and a record does not depend on N.
"""

import argparse
import csv
import random
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

from pipeline.model.practice import City, Period, Practice
from pipeline.recognition.places.countries import country
from pipeline.recognition.places.gazetteer import table
from pipeline.recognition.topics import topic_label, topic_slugs

COLUMNS = (
    "id",
    "lang",
    "title",
    "country",
    "city",
    "date",
    "topics",
    "summary",
    "summary_lang",
    "source_url",
)
BAD = ("no-title", "unknown-country", "no-known-topic", "all-topics", "end-before-start", "year-out-of-range")
"""The faults that are planted in turn, each a violation; a bad record's id begins with its fault."""

_SITE = "https://www.coe.int/en/web/interculturalcities"
_EVERY_FRENCH = 8
_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class _Date:
    text: str
    period: Period | None


@dataclass(frozen=True, slots=True)
class _Record:
    identifier: str
    titles: dict[str, str]
    summaries: dict[str, str]
    city: City
    date: _Date
    topics: tuple[str, ...]
    source: str


def generate_rows(count: int, bad: float = 0.0, seed: int = 1) -> Iterator[dict[str, str]]:
    """Yield the rows of that many practices; a share of them, evenly spread, is bad."""
    for number in range(count):
        fault = _fault(number, bad)
        rows = _rows(_record(number, seed, fault))
        yield from (_spoilt(rows[0], fault),) if fault else rows


def generate_practices(count: int, seed: int = 1) -> Iterator[Practice]:
    """Yield that many sound practices, the same that `generate_rows` gives as rows, after recognition."""
    for number in range(count):
        record = _record(number, seed, None)
        languages = tuple(record.titles)
        yield Practice(
            slug=record.identifier,
            titles=tuple(record.titles.items()),
            identifier=record.identifier,
            descriptions=tuple(record.summaries.items()),
            topics=record.topics,
            countries=(record.city.country,),
            cities=(record.city,),
            date_texts=tuple((language, record.date.text) for language in languages if record.date.text),
            period=record.date.period,
            sources=(record.source,),
            origins=(f"generated.csv#{number + 2}",),
            issued="2024-01-01T00:00:00Z",
            modified="2024-06-01T00:00:00Z",
        )


def bad_count(count: int, bad: float) -> int:
    """Return how many of the practices are bad."""
    return sum(1 for number in range(count) if _fault(number, bad))


def write_csv(stream: TextIO, count: int, bad: float = 0.0, seed: int = 1) -> None:
    """Write the rows as CSV with a header."""
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(generate_rows(count, bad, seed))


def _fault(number: int, bad: float) -> str | None:
    """Return the fault of a record: the share before it and the share with it differ by one whole record."""
    before, after = int(number * bad), int((number + 1) * bad)
    return BAD[before % len(BAD)] if after > before else None


def _record(number: int, seed: int, fault: str | None) -> _Record:
    chance = random.Random(f"{seed} {number}")
    city = chance.choice(_cities())
    name = _invented_name(chance)
    identifier = f"{fault or 'practice'}-{name.lower()}-{number}"
    languages = ("en", "fr") if number % _EVERY_FRENCH == 0 else ("en",)
    opening, link = chance.randrange(20), chance.randrange(8)
    return _Record(
        identifier,
        {language: _title(language, opening, link, name) for language in languages},
        {language: _summary(chance, language, name, city) for language in languages},
        city,
        _date(chance),
        tuple(sorted(chance.sample(topic_slugs(), chance.choice((1, 1, 2, 2, 3))))),
        f"{_SITE}/-/{identifier}" if number % 2 else f"{_SITE}/good-practice",
    )


def _rows(record: _Record) -> list[dict[str, str]]:
    place = country(record.city.country)
    assert place is not None
    return [
        {
            "id": record.identifier,
            "lang": language,
            "title": title,
            "country": dict(place.names)[language],
            "city": dict(record.city.names).get(language, record.city.names[0][1]),
            "date": record.date.text,
            "topics": "|".join(topic_label(topic, language) for topic in record.topics),
            "summary": record.summaries[language],
            "summary_lang": language,
            "source_url": record.source,
        }
        for language, title in record.titles.items()
    ]


def _spoilt(row: dict[str, str], fault: str) -> dict[str, str]:
    everything = "|".join(topic_label(topic) for topic in topic_slugs())
    changed = {
        "no-title": ("title", ""),
        "unknown-country": ("country", "Ruritania"),
        "no-known-topic": ("topics", "Lighthouses"),
        "all-topics": ("topics", everything),
        "end-before-start": ("date", "From 2019 to 2012"),
        "year-out-of-range": ("date", "1619"),
    }
    field, value = changed[fault]
    return {**row, field: value}


def _title(language: str, opening: int, link: int, name: str) -> str:
    words = _words()[language]
    return f"{words['openings'][opening]} {words['links'][link]} {name}"


def _summary(chance: random.Random, language: str, name: str, city: City) -> str:
    words = _words()[language]
    place = dict(city.names).get(language, city.names[0][1])
    sentences = (
        " ".join(chance.choice(words[part]) for part in ("subjects", "verbs", "objects", "ends")) + "."
        for _ in range(_SENTENCES)
    )
    return " ".join(sentences).replace("{name}", name).replace("{city}", place)


def _invented_name(chance: random.Random) -> str:
    names = _words()["names"]
    start, finish = chance.choice(names["starts"]), chance.choice(names["finishes"])
    return start + chance.choice(names["middles"]) + chance.choice(names["middles"]) + finish


def _date(chance: random.Random) -> _Date:
    """Return a date text in one of the forms that records have, and what it says."""
    first = chance.randint(1995, 2021)
    last = first + chance.randint(1, 3)
    span = tuple(range(first, last + 1))
    since = Period(str(first), ongoing=True, edtf=f"{first}/..", years=(first,))
    between = Period(str(first), str(last), ongoing=False, edtf=f"{first}/{last}", years=span)
    only = Period(str(first), str(first), ongoing=False, edtf=str(first), years=(first,))
    months = Period(f"{first}-03", f"{last}-06", ongoing=False, edtf=f"{first}-03/{last}-06", years=span)
    day = Period(f"{first}-06-21", f"{first}-06-21", ongoing=False, edtf=f"{first}-06-21", years=(first,))
    forms = (
        *((f"{first}", only), (f"{first}", only), (f"{first}", only), ("", None), ("", None)),
        *((f"Since {first}", since), (f"{first} onwards", since), (f"{first}-", since)),
        *((f"From {first} - ongoing", since), (f"{first}-ongoing", since)),
        *((f"{first}-{last}", between), (f"From {first} to {last}", between), (f"{first} – {last}", between)),
        *((f"March {first} to June {last}", months), (f"21 June {first}", day)),
        ("ongoing", Period(ongoing=True, edtf="/..")),
    )
    return _Date(*chance.choice(forms))


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@cache
def _cities() -> tuple[City, ...]:
    """Return the cities of the table that are in a country of the facet and part of no other place."""
    return tuple(
        city
        for _, city in sorted(table().items())
        if city.kind == "city" and city.part_of is None and _in_facet(city)
    )


def _in_facet(city: City) -> bool:
    known = country(city.country)
    return known is not None and known.in_facet


def _main() -> None:
    parser = argparse.ArgumentParser(description="Write made-up practice records as CSV to standard output.")
    parser.add_argument("count", type=int, help="how many practices")
    parser.add_argument("--bad", type=float, default=0.0, help="which share of them is bad, such as 0.005")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    write_csv(sys.stdout, arguments.count, arguments.bad, arguments.seed)


if __name__ == "__main__":
    _main()
