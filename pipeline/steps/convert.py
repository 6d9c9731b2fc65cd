"""Conversion: the rows of one practice become its triples, under the slug that was given to it before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from pipeline.description.describe import (
    describe,
    describe_city,
    describe_facts,
    describe_state,
    describe_texts,
    languages_of,
)
from pipeline.model.finding import Finding
from pipeline.model.practice import City, Practice, replace_values, rights_of
from pipeline.model.rows import Row
from pipeline.model.text_selection import TextPolicy, published_texts
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import write
from pipeline.recognition.identity import joined_texts, keys_of
from pipeline.recognition.places.cities import city_by_key
from pipeline.recognition.practice_reader import recognise, slug_text_of
from pipeline.records.ledger import Ledger, LedgerEntry, dates_of

FUTURE_YEARS = 10
"""How many years ahead a practice may be planned."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The context of all records of a build: IRIs, how much text is published, and the time as xsd:dateTime.

    ``own`` are the files and folders whose texts the publisher of the dataset wrote.
    """

    deployment: Deployment
    policy: TextPolicy
    now: str
    own: frozenset[str] = frozenset()

    @property
    def latest_year(self) -> int:
        """Return the last year for which a practice may be planned; a later one is an error in the source."""
        return int(self.now[:4]) + FUTURE_YEARS


class PracticeRows(NamedTuple):
    """The rows of one practice with its slug and identity keys, under its number in the staging.

    ``before`` is what the ledger says of the record if it was published before; ``provenance`` are the N-Triples
    that the previous release has on where it came from.
    """

    number: int
    slug: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    before: LedgerEntry | None = None
    provenance: str = ""


class ConvertedPractice(NamedTuple):
    """A practice with its slug and dates, and the findings on it.

    ``lines`` are the N-Triples that will be published, ``judged`` those with the texts in full, which the gate
    judges, both without those on its places; ``content`` is the hash of the former without the record's dates.
    """

    practice: Practice
    findings: tuple[Finding, ...]
    lines: str
    judged: str
    content: str


def identify(rows: tuple[Row, ...], ledger: Ledger, number: int = 0) -> PracticeRows:
    """Return the rows of a practice with its slug: the one that it had, else a new one claimed in the ledger."""
    keys = joined_texts([keys_of(row) for row in rows])
    slug = ledger.claim(keys, slug_text(rows))
    return PracticeRows(number, slug, keys, rows, ledger.published_entry(slug))


def slug_text(rows: tuple[Row, ...]) -> str:
    """Return what a slug is made from; of rows that cannot be recognised, which their batch reports, their places."""
    try:
        return slug_text_of(rows)
    except Exception:
        return " ".join(row.place.origin for row in rows)


def convert(given: PracticeRows, conversion: Conversion) -> ConvertedPractice:
    """Return the practice of a group of rows, described."""
    recognised = recognise(given.rows, conversion.latest_year)
    rights = rights_of(given.rows, conversion.own)
    practice = replace_values(recognised.practice, slug=given.slug, rights=rights)
    public = published_texts(practice, conversion.policy)
    lines, judged = _describe_both(public, practice, conversion.deployment)
    content = sha256(lines.encode()).hexdigest()
    issued, modified = dates_of(given.before, content, conversion.now)
    if public.modified:  # a source that says only when it was changed last existed by then
        issued = min(issued, public.modified)
    dated = replace_values(public, issued=public.issued or issued, modified=public.modified or modified)
    state = write(describe_state(dated, conversion.deployment))
    focus = conversion.deployment.practice(given.slug)[1:-1]
    findings = tuple(
        replace(finding, focus=focus)
        if finding.place is not None and finding.place.row is not None
        else finding
        for finding in recognised.findings
    )
    return ConvertedPractice(dated, findings, lines + state, judged + state, content)


def _describe_both(public: Practice, practice: Practice, deployment: Deployment) -> tuple[str, str]:
    """Return the lines of a practice as it is published, and of it with its texts in full."""
    if languages_of(public) != languages_of(practice):
        return write(describe(public, deployment)), write(describe(practice, deployment))
    facts = write(describe_facts(public, deployment))
    texts = write(describe_texts(public, deployment))
    full = texts if public is practice else write(describe_texts(practice, deployment))
    return texts + facts, full + facts


def keep_back(converted: ConvertedPractice, deployment: Deployment) -> ConvertedPractice:
    """Return the last good version of a practice whose newer version is withheld, marked as held back."""
    practice = replace_values(converted.practice, held_back=True)
    lines = converted.lines + write(
        describe_state(replace_values(practice, issued="", modified=""), deployment)
    )
    return converted._replace(practice=practice, lines=lines)


def place_lines(practice: Practice, deployment: Deployment) -> tuple[str, ...]:
    """Return the N-Triples on each of a practice's cities, with those on the places it is in."""
    return tuple(_city_lines(city, deployment) for city in practice.cities)


@lru_cache(maxsize=10_000)
def _city_lines(city: City, deployment: Deployment) -> str:
    """Return the lines on a city and the places it is in."""
    places = with_containing_places((city,))
    return write(triple for place in places for triple in describe_city(place, deployment))


def with_containing_places(cities: Iterable[City]) -> tuple[City, ...]:
    """Return the cities and the places of the table that they are in."""
    by_key = {city.key: city for city in cities}
    waiting = list(by_key.values())
    while waiting:
        parent = waiting.pop().part_of
        if parent is not None and parent not in by_key and (city := city_by_key(parent)) is not None:
            by_key[parent] = city
            waiting.append(city)
    return tuple(by_key.values())
