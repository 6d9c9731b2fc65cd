"""The world as an SVG for the map of results: one unit is one degree, the equator is at y = 0."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from endpoint.pages.outlines import Ring
from pipeline.system.data_files import text_of

_STEPS = 10
"""Steps in a degree: the outline is as exact as a map of cities needs it."""


def world(countries: Mapping[str, Sequence[Ring]]) -> str:
    """Return the outlines of countries as one SVG, without the rings that are too small to be seen."""
    template = text_of(__package__, "world.svg.template")
    land = (_path(ring.points) for rings in countries.values() for ring in rings)
    return template.format(scale=1 / _STEPS, land="".join(land))


def _path(points: Iterable[tuple[float, float]]) -> str:
    steps = [(round(longitude * _STEPS), -round(latitude * _STEPS)) for longitude, latitude in points]
    distinct = [steps[0], *(to for at, to in pairwise(steps) if to != at)]
    if len(distinct) < 4:
        return ""
    (x, y), moves = distinct[0], pairwise(distinct)
    return f"M{x},{y}l" + " ".join(f"{to[0] - at[0]},{to[1] - at[1]}" for at, to in moves) + "z"
