"""The page “explore”: a selection of practices on maps of the world and of Europe, by year and by topic."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log, sqrt

from endpoint.catalogue.bitset import Bits, positions_in
from endpoint.catalogue.filters import name_of
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import matching_bits
from endpoint.catalogue.selection import Selection
from endpoint.language.graph_facts import Text, alphabetical
from endpoint.pages import maps
from endpoint.pages.charts import Bar, Columns, bars, timeline
from endpoint.pages.maps import EUROPE, WORLD, Frame

LEVELS = 4


@dataclass(frozen=True, slots=True)
class CountryOnMap:
    """A country with practices: how many, and how dark it is on the map, from 1 to ``LEVELS``."""

    code: str
    name: Text
    count: int
    level: int


@dataclass(frozen=True, slots=True)
class PlaceOnMap:
    """A city with practices, and where it is."""

    key: str
    name: Text
    country: Text
    country_code: str
    count: int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A city on a map."""

    place: PlaceOnMap
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Map:
    """A map as the template draws it: land without practices as one path, countries with them one by one."""

    frame: Frame
    lines: str
    land: str
    countries: tuple[tuple[CountryOnMap, str], ...]
    dots: tuple[Dot, ...]
    legend: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """What the page shows of a selection."""

    count: int
    world: Map
    europe: Map
    countries: tuple[CountryOnMap, ...]
    places: tuple[PlaceOnMap, ...]
    years: Columns
    unnamed_years: int
    topics: tuple[Bar, ...]

    @property
    def has_outlines(self) -> bool:
        """Return whether the maps show the outlines of countries."""
        return bool(self.world.land or self.world.countries)


def explore_page(release: Release, selection: Selection) -> ExplorePage:
    """Return where, when and about what the practices of a selection are."""
    matching = matching_bits(release, selection)
    countries = _countries(release, matching)
    places = tuple(_places(release, None if selection.is_open else matching))
    topics = (
        (name_of(release, "topic", value), value, count)
        for value, count in _counts(release, "topic", matching)
    )
    return ExplorePage(
        matching.bit_count(),
        _map(WORLD, 20, countries, tuple(place for place in places if not _is_european(place))),
        _map(EUROPE, 10, countries, tuple(place for place in places if _is_european(place))),
        tuple(
            sorted(countries.values(), key=lambda country: (-country.count, alphabetical(country.name.text)))
        ),
        tuple(sorted(places, key=lambda place: (-place.count, alphabetical(place.name.text)))),
        timeline({int(year): count for year, count in _counts(release, "year", matching)}, str),
        matching.bit_count() - _having_year(release, matching).bit_count(),
        bars(topics),
    )


def level_of(count: int, most: int) -> int:
    """Return how dark a country is: from 1 for a few practices to ``LEVELS`` for the most."""
    return min(LEVELS, 1 + int(LEVELS * log(count) / log(most + 1) + 1e-9))


def legend(most: int) -> tuple[tuple[int, int, int], ...]:
    """Return for each level that any number has the numbers it stands for, from and to."""
    edges = [ceil((most + 1) ** (level / LEVELS) - 1e-9) for level in range(LEVELS + 1)]
    return tuple((level, low, high - 1) for level, (low, high) in enumerate(pairwise(edges), 1) if low < high)


def _counts(release: Release, facet: str, matching: Bits) -> Iterator[tuple[str, int]]:
    for (kind, value), bits in release.facets.bits.items():
        if kind == facet and (count := (bits & matching).bit_count()):
            yield value, count


def _having_year(release: Release, matching: Bits) -> Bits:
    named = 0
    for (kind, _), bits in release.facets.bits.items():
        if kind == "year":
            named |= bits
    return named & matching


def _countries(release: Release, matching: Bits) -> dict[str, CountryOnMap]:
    counts = dict(_counts(release, "country", matching))
    most = max(counts.values(), default=0)
    return {
        code: CountryOnMap(code, name_of(release, "country", code), count, level_of(count, most))
        for code, count in counts.items()
    }


def _places(release: Release, matching: Bits | None) -> Iterator[PlaceOnMap]:
    positions = None if matching is None else json.dumps(list(positions_in(matching)))
    for row in release.index.rows("place_counts", positions=positions):
        city, country = name_of(release, "city", row["key"]), name_of(release, "country", row["country"])
        where = row["latitude"], row["longitude"]
        yield PlaceOnMap(row["key"], city, country, row["country"], row["practices"], *where)


def _is_european(place: PlaceOnMap) -> bool:
    if place.latitude is None or place.longitude is None:
        return False
    west, south, east, north = EUROPE.window
    inside = west <= place.longitude <= east and south <= place.latitude <= north
    return inside and EUROPE.holds(place.longitude, place.latitude)


def _map(
    frame: Frame, step: int, countries: Mapping[str, CountryOnMap], places: tuple[PlaceOnMap, ...]
) -> Map:
    shapes = maps.shapes(frame)
    dots = (
        Dot(place, *frame.place(place.longitude, place.latitude), round(3.5 + 1.2 * sqrt(place.count), 1))
        for place in places
        if place.longitude is not None and place.latitude is not None
    )
    return Map(
        frame,
        maps.graticule(frame, step),
        "".join(shape.path for shape in shapes if shape.code not in countries),
        tuple((countries[shape.code], shape.path) for shape in shapes if shape.code in countries),
        tuple(sorted(dots, key=lambda dot: -dot.radius)),
        legend(max((country.count for country in countries.values()), default=0)),
    )
