"""Outlines: the shapes of the world's countries, where the package was built with them."""

import json
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

PER_DEGREE = 100
"""Longitudes and latitudes are kept in hundredths of a degree."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed line around land, and the box in which it lies: west, south, east, north, in degrees."""

    numbers: "array[int]"
    box: tuple[float, float, float, float]

    @property
    def points(self) -> list[tuple[float, float]]:
        """Return the line's longitudes and latitudes in degrees."""
        pairs = zip(self.numbers[::2], self.numbers[1::2], strict=True)
        return [(lon / PER_DEGREE, lat / PER_DEGREE) for lon, lat in pairs]

    def meets(self, window: tuple[float, float, float, float]) -> bool:
        """Return whether any of it may be in a window of the world."""
        west, south, east, north = self.box
        return west <= window[2] and east >= window[0] and south <= window[3] and north >= window[1]


def outlines_file() -> Path:
    """Return the file that ``python -m endpoint.assets.atlas.build_atlas`` writes."""
    return Path(str(files("endpoint.assets.atlas"))) / "outlines.json"


def outlines() -> Mapping[str, tuple[Ring, ...]]:
    """Return country code → rings; empty if the package was made without them."""
    return read_outlines(outlines_file())


@cache
def read_outlines(path: Path) -> Mapping[str, tuple[Ring, ...]]:
    """Return the outlines in a file; empty if there is none."""
    if not path.is_file():
        return {}
    outlines: dict[str, list[list[int]]] = json.loads(path.read_text(encoding="utf-8"))
    return {code: tuple(_ring(numbers) for numbers in rings) for code, rings in outlines.items()}


def _ring(numbers: list[int]) -> Ring:
    lons, lats = numbers[::2], numbers[1::2]
    west, east, south, north = (value / PER_DEGREE for value in (min(lons), max(lons), min(lats), max(lats)))
    return Ring(array("h", numbers), (west, south, east, north))
