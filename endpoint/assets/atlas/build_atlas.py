"""Build of the outlines, which ``python -m endpoint.assets.atlas.build_atlas`` writes to outlines.json from an atlas.

The atlas is Natural Earth's at 1:50 million, in the public domain, as the npm package world-atlas packs it; its
version and hash are pinned in package-lock.json. Without outlines.json, maps are drawn without the outlines.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from endpoint.assets.npm import NotBuilt, node_modules, put
from endpoint.pages.outlines import PER_DEGREE, outlines_file
from endpoint.pages.projections import Point, cut
from pipeline.system.data_files import rows_of

_PACKAGE = "endpoint.assets.atlas"
_ATLAS = "world-atlas/countries-50m.json"
_NARROW = 6
"""Points nearer than this, in hundredths of a degree, are one point."""

_WITHOUT_NUMBER = {"Kosovo": "XKX"}

_TRIANGLE = 6


def build() -> Path:
    """Fetch the atlas and write the outlines; return their file, or raise NotBuilt."""
    with node_modules(_PACKAGE) as modules:
        atlas = json.loads((modules / _ATLAS).read_text(encoding="utf-8"))
    text = json.dumps(read_atlas(atlas), separators=(",", ":"), sort_keys=True)
    return put(outlines_file(), f"{text}\n".encode())


def main() -> int:
    """Build the outlines; say why not where they cannot be built."""
    try:
        build()
    except NotBuilt as reason:
        sys.stderr.write(
            f"The map was not built: {reason} Maps are drawn without the outlines of countries.\n"
        )
        return 3
    return 0


def read_atlas(atlas: dict[str, Any]) -> dict[str, list[list[int]]]:
    """Return country code → rings of longitude and latitude in hundredths of a degree, from a TopoJSON atlas."""
    codes = _country_codes()
    arcs = [list(_arc(arc, atlas["transform"])) for arc in atlas["arcs"]]
    rings: dict[str, list[list[int]]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = codes.get(int(shape.get("id") or 0)) or _WITHOUT_NUMBER.get(name, f"-{name}")
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for ring in (ring for polygon in polygons for ring in polygon):
            rings.setdefault(code, []).extend(_parts(_unwound(_points(ring, arcs))))
    return rings


def _country_codes() -> dict[int, str]:
    """Return ISO 3166-1 numeric code → alpha-3 code."""
    rows = rows_of("ontology", "geonames/countries.csv")
    return {int(row["numeric"]): row["iso3"] for row in rows if int(row["numeric"])}


def _arc(arc: Iterable[list[int]], transform: dict[str, list[float]]) -> Iterator[Point]:
    """Yield an arc's points in degrees; TopoJSON has them as steps on a grid."""
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    for right, up in arc:
        x, y = x + right, y + up
        yield x * wide + west, y * high + south


def _points(numbers: Iterable[int], arcs: list[list[Point]]) -> Iterator[Point]:
    """Yield a ring's points; an arc with a number below zero is walked backwards."""
    for number in numbers:
        yield from arcs[number] if number >= 0 else reversed(arcs[~number])


def _unwound(points: Iterable[Point]) -> list[Point]:
    """Return a ring that does not jump from one end of the world to the other, but continues beyond it."""
    unwound: list[Point] = []
    turns = 0
    before = 0.0
    for lon, lat in points:
        if unwound and abs(lon - before) > 180:
            turns += 360 if lon < before else -360
        unwound.append((lon + turns, lat))
        before = lon
    return unwound


def _parts(ring: list[Point]) -> Iterator[list[int]]:
    """Yield the parts of a ring that are in this world and to both sides of it, each where it belongs."""
    for shift in (-360, 0, 360):
        part = _thin((lon - shift, lat) for lon, lat in cut(ring, (shift - 180, -90, shift + 180, 90)))
        if len(part) >= _TRIANGLE:
            yield part


def _thin(points: Iterable[Point]) -> list[int]:
    thinned: list[tuple[int, int]] = []
    for lon, lat in points:
        point = (round(lon * PER_DEGREE), round(lat * PER_DEGREE))
        if not thinned or max(abs(a - b) for a, b in zip(point, thinned[-1], strict=True)) >= _NARROW:
            thinned.append(point)
    return [value for point in thinned for value in point]


if __name__ == "__main__":
    sys.exit(main())
