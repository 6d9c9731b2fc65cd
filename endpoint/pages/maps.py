"""Maps: countries as paths and places as dots, ready for a template to draw as SVG without asking anyone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path

from endpoint.language.graph_facts import Facts
from endpoint.pages.outlines import Ring, outlines_file, read_outlines
from endpoint.pages.projections import Point, Projection, Window, cut, equal_area, natural_earth
from pipeline.rdf.vocabulary import ICGP, WGS

_NO_COUNTRY = "ATA"
_STEPS = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """What a map shows: a projection, the window of the world that is looked at, and its size in units.

    Points of a coast that are nearer than ``fineness`` units are drawn as one.
    """

    projection: Projection
    window: Window
    width: int
    height: int
    scale: float
    middle: Point
    fineness: int = 1

    def place(self, lon: float, lat: float) -> Point:
        """Return where a place is on the map, to a tenth of a unit."""
        ((x, y),) = self.flat([(lon, lat)])
        return round(x, 1), round(y, 1)

    def flat(self, points: Iterable[Point]) -> Iterator[Point]:
        """Yield where the points of a line on the globe are on the map."""
        project, scale = self.projection, self.scale
        left, top = self.width / 2 - self.middle[0] * scale, self.height / 2 - self.middle[1] * scale
        for lon, lat in points:
            x, y = project(lon, lat)
            yield x * scale + left, y * scale + top

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a place is on the map."""
        x, y = self.place(lon, lat)
        return 0 <= x <= self.width and 0 <= y <= self.height


@dataclass(frozen=True, slots=True)
class CountryShape:
    """A country on a map: its code and the path around it."""

    code: str
    path: str


@dataclass(frozen=True, slots=True)
class SmallMap:
    """The surroundings of one place, which is in the middle: its own country and the others, each as a path."""

    width: int
    height: int
    kilometres: int
    lines: str
    land: str
    own: str


WORLD = Frame(natural_earth, (-180, -56, 180, 80), 960, 440, 173, (0.0, -0.27), 2)
EUROPE = Frame(equal_area((12, 51.5)), (-34, 31, 62, 76), 720, 620, 1000, (-0.03, 0.0), 2)
_AROUND = 320, 200
_RADIUS = 6371.0
_KILOMETRES = 1000
_DEGREES = 222
"""Kilometres for one degree to each side, along a meridian."""


def coordinates(facts: Facts, iri: str) -> str:
    """Return where a place is, as people write it; empty if that is not known."""
    latitude, longitude = _degrees(facts, iri)
    if latitude is None or longitude is None:
        return ""
    north = f"{latitude.removeprefix('-')}° {'S' if latitude.startswith('-') else 'N'}"
    return f"{north}, {longitude.removeprefix('-')}° {'W' if longitude.startswith('-') else 'E'}"


def map_of(facts: Facts, iri: str) -> SmallMap | None:
    """Return a small map around a place, None if its place or the land there is not known."""
    latitude, longitude = _degrees(facts, iri)
    if latitude is None or longitude is None:
        return None
    country = next(iter(facts.iris(iri, ICGP + "inCountry")), "")
    return small_map(float(longitude), float(latitude), country.rpartition("/")[2])


def _degrees(facts: Facts, iri: str) -> tuple[str | None, str | None]:
    return facts.value(iri, WGS + "lat"), facts.value(iri, WGS + "long")


def small_map(lon: float, lat: float, country: str) -> SmallMap | None:
    """Return the surroundings of a place in a country, None if no outline is known of any land there."""
    frame = _around(lon, lat, _KILOMETRES)
    outlines = shapes(frame)
    if not outlines:
        return None
    return SmallMap(
        frame.width,
        frame.height,
        _KILOMETRES,
        graticule(frame, 5),
        "".join(shape.path for shape in outlines if shape.code != country),
        "".join(shape.path for shape in outlines if shape.code == country),
    )


@lru_cache(maxsize=1000)
def _around(lon: float, lat: float, kilometres: float) -> Frame:
    """Return a small map around a place, with its width in kilometres; the same one for the same place."""
    wide, high = _AROUND
    scale = wide * _RADIUS / kilometres
    # The map's corners lie beyond the middles of its sides; meridians are nearest to one another at its polar edge.
    up = kilometres * high / wide / _DEGREES + 1
    across = kilometres / _DEGREES / max(cos(radians(abs(lat) + up)), 0.1) + 1
    window = (lon - across, lat - up, lon + across, lat + up)
    return Frame(equal_area((lon, lat)), window, wide, high, scale, (0.0, 0.0))


def shapes(frame: Frame) -> tuple[CountryShape, ...]:
    """Return the countries on a map, none where the package was made without their outlines."""
    return _cached_shapes(frame, outlines_file())


@lru_cache(maxsize=1000)
def _cached_shapes(frame: Frame, path: Path) -> tuple[CountryShape, ...]:
    return tuple(_shapes(frame, read_outlines(path)))


def graticule(frame: Frame, step: int) -> str:
    """Return the path of the meridians and parallels on a map, at intervals of ``step`` degrees."""
    west, south, east, north = (int(side) for side in frame.window)
    lines = [
        *([(lon, lat) for lat in range(south, north + 1, 2)] for lon in _every(step, west, east)),
        *([(lon, lat) for lon in range(west, east + 1, 2)] for lat in _every(step, south, north)),
    ]
    return "".join(_line(frame.flat(line), frame.fineness, "") for line in lines)


def _every(step: int, low: int, high: int) -> range:
    return range(-(-low // step) * step, high + 1, step)


def _shapes(frame: Frame, countries: Mapping[str, Iterable[Ring]]) -> Iterator[CountryShape]:
    for code, rings in countries.items():
        near = [ring for ring in rings if ring.meets(frame.window)] if code != _NO_COUNTRY else []
        path = "".join(
            _line(frame.flat(cut(ring.points, frame.window)), frame.fineness, "z") for ring in near
        )
        if path:
            yield CountryShape(code, path)


def _line(points: Iterable[Point], fineness: int, end: str) -> str:
    """Return a line in whole units, each point by its way from the last one, those that nearly meet as one."""
    steps: list[tuple[int, int]] = []
    x = y = 0
    for place in points:
        right, up = round(place[0]) - x, round(place[1]) - y
        if abs(right) >= fineness or abs(up) >= fineness or not steps:
            steps.append((right, up))
            x, y = x + right, y + up
    if len(steps) < _STEPS:
        return ""
    first, *rest = steps
    return f"M{first[0]} {first[1]}l" + " ".join(f"{right} {up}" for right, up in rest) + end
