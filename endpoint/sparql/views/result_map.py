"""Maps of a result: rows with coordinates as circles; one unit is one degree, narrowed as at their own latitude."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from endpoint.sparql.views.result_cells import number_of
from endpoint.sparql.views.result_chart import Label
from endpoint.tables.table_cells import Cell, Row

MOST_PLACES = 2000

_LATITUDE = re.compile(r"lat(?:itude)?", re.IGNORECASE)
_LONGITUDE = re.compile(r"long?|lng|longitude", re.IGNORECASE)
_NAME = re.compile(r"name|label|title", re.IGNORECASE)
_POINT = re.compile(
    r"\s*(?:<[^>]{1,200}>)?\s*POINT\s*\(\s*(-?[\d.]{1,30})\s+(-?[\d.]{1,30})\s*\)\s*", re.IGNORECASE
)
_MARGIN = 0.08
_LEAST = 4.0
"""Degrees that a map shows at least, so that a single place is seen in its surroundings."""
_UNITS = 640

Find = Callable[[Row], tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A circle: its middle, its radius in parts of the map's width, and its text."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class ResultMap:
    """A map: the box it shows, how much narrower a degree of longitude is, and its places, the largest first."""

    x: float
    y: float
    width: float
    height: float
    narrow: float
    places: tuple[Place, ...]
    beyond: int

    @property
    def unit(self) -> float:
        """Return the length of a pixel where the map is as wide as it is usually shown."""
        return max(self.width / _UNITS, self.height / _UNITS)


def has_places(variables: Sequence[str], rows: Sequence[Row]) -> bool:
    """Return whether any row has coordinates."""
    find = _finder(variables)
    return find is not None and any(find(row) is not None for row in rows)


def result_map(variables: Sequence[str], rows: Sequence[Row], label: Label) -> ResultMap | None:
    """Return the places of a result; None where no row has coordinates."""
    find = _finder(variables)
    if find is None:
        return None
    placed = [(at, row) for row in rows if (at := find(row)) is not None]
    if not placed:
        return None
    first, beyond = placed[:MOST_PLACES], max(0, len(placed) - MOST_PLACES)
    lats, lons = [lat for (lat, _), _ in first], [lon for (_, lon), _ in first]
    narrow = max(cos(radians((min(lats) + max(lats)) / 2)), 0.3)
    margin = max((max(lons) - min(lons)) * narrow, max(lats) - min(lats), _LEAST) * _MARGIN
    left, top = min(lons) * narrow - margin, -max(lats) - margin
    width, height = max(lons) * narrow + margin - left, -min(lats) + margin - top
    short = _LEAST - max(width, height)
    if short > 0:
        left, top, width, height = left - short / 2, top - short / 2, width + short, height + short
    places = _places(variables, first, narrow, label)
    return ResultMap(
        round(left, 4), round(top, 4), round(width, 4), round(height, 4), round(narrow, 4), places, beyond
    )


def _places(
    variables: Sequence[str], placed: Sequence[tuple[tuple[float, float], Row]], narrow: float, label: Label
) -> tuple[Place, ...]:
    rows = [row for _, row in placed]
    size = _size_column(variables, rows)
    name = _name_column(variables, rows)
    sizes = [max(number_of(row[size]) or 0.0, 0.0) if size is not None else 1.0 for row in rows]
    largest = max(*sizes, 1.0)
    order = sorted(range(len(placed)), key=lambda index: -sizes[index])
    places = []
    for index in order:
        (lat, lon), row = placed[index]
        texts = (label(cell) for at in (name, size) if at is not None and (cell := row[at]) is not None)
        radius = 3 + 9 * sqrt(sizes[index] / largest)
        places.append(Place(round(lon * narrow, 4), round(-lat, 4), round(radius, 1), ": ".join(texts)))
    return tuple(places)


def _finder(variables: Sequence[str]) -> Find | None:
    latitude = next((at for at, name in enumerate(variables) if _LATITUDE.fullmatch(name)), None)
    longitude = next((at for at, name in enumerate(variables) if _LONGITUDE.fullmatch(name)), None)
    if latitude is not None and longitude is not None:
        return lambda row: _on_earth(number_of(row[latitude]), number_of(row[longitude]))
    return lambda row: next(_points(row), None)


def _points(row: Row) -> Iterator[tuple[float, float]]:
    """Yield the points of a row that are written as Well-Known Text, longitude first."""
    for cell in row:
        if cell is None or not cell.datatype.endswith("wktLiteral"):
            continue
        match = _POINT.fullmatch(cell.text)
        try:
            at = _on_earth(float(match[2]), float(match[1])) if match else None
        except ValueError:
            continue
        if at is not None:
            yield at


def _on_earth(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return lat, lon


def _size_column(variables: Sequence[str], rows: Sequence[Row]) -> int | None:
    for at in reversed(range(len(variables))):
        name = variables[at]
        if _LATITUDE.fullmatch(name) or _LONGITUDE.fullmatch(name):
            continue
        present = [cell for row in rows if (cell := row[at]) is not None]
        if present and all(cell.kind == "number" for cell in present):
            return at
    return None


def _name_column(variables: Sequence[str], rows: Sequence[Row]) -> int | None:
    def kind(at: int) -> str:
        first: Cell | None = next((cell for row in rows if (cell := row[at]) is not None), None)
        return first.kind if first else ""

    texts = [at for at in range(len(variables)) if kind(at) == "text"]
    named = [at for at in texts if _NAME.search(variables[at])]
    iris = [at for at in range(len(variables)) if kind(at) == "iri"]
    return next(iter((*named, *texts, *iris)), None)
