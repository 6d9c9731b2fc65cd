"""The values that filters accept: topics, countries, cities and years, found by code, name or address."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process, utils

from endpoint.agents.presentation import best, list_names
from endpoint.agents.site_client import Refusal, SiteClient
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.topics import recognise_topics, suggest_topics

KINDS = {
    "topic": ("icgp:Topic", "icgp:topic"),
    "country": ("icgp:Country", "icgp:country"),
    "city": ("icgp:City", "icgp:city/dct:isPartOf*"),
    "year": ("icgp:Year", "icgp:year"),
}
"""Kind of value → its class, and the path to it from a practice."""

_SECONDS = 60.0
_MOST_NEAR = 5
_NEAR = 75.0
_LONGEST_SHOWN = 80


@dataclass(slots=True)
class KnownValue:
    """A value with its names by language, and how many practices have it."""

    iri: str
    count: int = 0
    within: str = ""
    names: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the last part of the IRI, which filters accept."""
        return last_part(self.iri)

    def name(self, language: str = "en") -> str:
        """Return the name in a language where there is one."""
        return best(self.names, language) or self.code


class KnownValues:
    """The values of a site, each kind read once a minute at most."""

    def __init__(self, site: SiteClient) -> None:
        self._site = site
        self._read: dict[str, tuple[float, tuple[KnownValue, ...]]] = {}

    async def of_kind(self, kind: str) -> tuple[KnownValue, ...]:
        """Return all values of a kind, the most frequent first."""
        when, values = self._read.get(kind, (0.0, ()))
        if not values or time.monotonic() - when > _SECONDS:
            values = await self._load(kind)
            self._read[kind] = (time.monotonic(), values)
        return values

    async def find(self, kind: str, wanted: Sequence[str]) -> list[KnownValue]:
        """Return the values that are meant; raise Refusal for the first unknown one, with similar ones."""
        if not wanted:
            return []
        values = await self.of_kind(kind)
        by_iri = dict[str, KnownValue]()
        for text in wanted:
            matches = _matching(kind, text, values)
            if not matches:
                raise _unknown(kind, text, values)
            by_iri |= {value.iri: value for value in matches}
        return list(by_iri.values())

    async def _load(self, kind: str) -> tuple[KnownValue, ...]:
        type_name, path = KINDS[kind]
        values = dict[str, KnownValue]()
        for row in await self._site.rows("values", type=type_name, path=path):
            iri, text = row["term"]["value"], row["text"]
            value = values.setdefault(iri, KnownValue(iri))
            value.names.setdefault(text.get("xml:lang", ""), text["value"])
            value.count = int(row["count"]["value"]) if "count" in row else 0
            value.within = row["within"]["value"] if "within" in row else ""
        return tuple(sorted(values.values(), key=lambda value: (-value.count, value.code)))


def last_part(iri: str) -> str:
    """Return what follows the last / or # of an IRI."""
    return iri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def plain(text: str) -> str:
    """Return a text for comparing: letters and digits in lower case, single spaces."""
    return " ".join(utils.default_process(text).split())


def _matching(kind: str, text: str, values: Sequence[KnownValue]) -> list[KnownValue]:
    """Return the values with a code, address or name; several where a name is ambiguous."""
    text = text.strip().removeprefix(f"{kind}:")  # as a query writes it
    key, code = plain(text), plain(last_part(text))
    matches = [value for value in values if plain(value.code) in (key, code) or value.iri == text]
    if not matches and key:
        matches = [value for value in values if key in map(plain, value.names.values())]
    if not matches:
        recognised = _recognise(kind, text)
        matches = [value for value in values if value.code in recognised]
    return matches


def _recognise(kind: str, text: str) -> tuple[str, ...]:
    """Return the codes of what the project's recognition makes of a text, such as UK, Deutschland or Schooling."""
    cell = text.strip()[:_LONGEST_SHOWN]
    if kind == "country":
        reading = recognise_country(cell)
        return reading.codes if not reading.unknown else ()
    return recognise_topics(cell).slugs if kind == "topic" else ()


def _unknown(kind: str, text: str, values: Sequence[KnownValue]) -> Refusal:
    near = list(dict.fromkeys((*_by_keyword(kind, text, values), *_near(text, values))))[:_MOST_NEAR]
    hint = f"Did you mean {list_names(near)}?" if near else ""
    recognised = _recognise(kind, text)
    if recognised:
        return Refusal(f"No practice has the {kind} {list_names(recognised)}, and the data does not list it.")
    if not near and len(values) <= _MOST_NEAR * 10:
        hint = f"Known: {', '.join(value.code for value in values)}."
    parts = (
        f"Unknown {kind} “{text[:_LONGEST_SHOWN]}”.",
        hint,
        f'list_terms(kind="{kind}") lists all of them. Search words go into “text”.',
    )
    return Refusal(" ".join(filter(None, parts)))


def _by_keyword(kind: str, text: str, values: Sequence[KnownValue]) -> Iterable[str]:
    """Return the topics that words suggest, such as Business and Employment for jobs."""
    suggested = [each.value for each in suggest_topics(text[:_LONGEST_SHOWN])] if kind == "topic" else []
    return [_format_value(value) for name in suggested for value in values if value.name() == name]


def _near(text: str, values: Sequence[KnownValue]) -> Iterable[str]:
    """Return the codes and names that are most like a text."""
    names = {
        (number, language): plain(name)
        for number, value in enumerate(values)
        for language, name in (*value.names.items(), ("code", value.code))
    }
    matches = process.extract(
        plain(text), names, scorer=fuzz.WRatio, score_cutoff=_NEAR, limit=_MOST_NEAR * 6
    )
    numbers = dict.fromkeys(number for _, _, (number, _) in matches)
    return [_format_value(values[number]) for number in numbers]


def _format_value(value: KnownValue) -> str:
    return f"{value.code} ({value.name()})"
