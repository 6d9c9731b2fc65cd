"""Projections: from longitude and latitude to the flat, and lines cut to a window."""

from collections.abc import Callable, Sequence
from math import cos, radians, sin, sqrt

Point = tuple[float, float]
Projection = Callable[[float, float], Point]
Window = tuple[float, float, float, float]
"""West, south, east and north, in degrees."""


def natural_earth(lon: float, lat: float) -> Point:
    """Return a place on the world map of Natural Earth (Šavrič and others, 2011), in units of the radius."""
    across, up = radians(lon), radians(lat)
    square = up * up
    fourth = square * square
    x = 0.8707 - 0.131979 * square + fourth * (-0.013791 + fourth * (0.003971 * square - 0.001529 * fourth))
    y = 1.007226 + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth))
    return across * x, -up * y


def equal_area(centre: Point) -> Projection:
    """Return the azimuthal projection around a place that keeps areas true (Lambert), in units of the radius."""
    middle, sine, cosine = radians(centre[0]), sin(radians(centre[1])), cos(radians(centre[1]))

    def project(lon: float, lat: float) -> Point:
        across, up = radians(lon) - middle, radians(lat)
        high, level = sin(up), cos(up)
        ahead = level * cos(across)
        scale = sqrt(2 / max(1 + sine * high + cosine * ahead, 1e-9))
        return scale * level * sin(across), -scale * (cosine * high - sine * ahead)

    return project


def cut(points: Sequence[Point], window: Window) -> list[Point]:
    """Return the part of a closed line's area that is in a window (Sutherland and Hodgman)."""
    west, south, east, north = window
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        points = _cut_side(points, axis, limit, sign)
    return list(points)


def _cut_side(points: Sequence[Point], axis: int, limit: float, sign: int) -> Sequence[Point]:
    within = [sign * (point[axis] - limit) >= 0 for point in points]
    if all(within):
        return points
    cut: list[Point] = []
    following = zip([*points[1:], *points[:1]], [*within[1:], *within[:1]], strict=True)
    for here, inside, (there, next_inside) in zip(points, within, following, strict=True):
        if inside:
            cut.append(here)
        if inside != next_inside:
            share = (limit - here[axis]) / (there[axis] - here[axis])
            cut.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return cut
