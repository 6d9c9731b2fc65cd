"""Build of the query editor: ``python -m endpoint.assets.editor.build_editor``, where npm can be reached.

The bundle includes all the packages it needs. The outline of the world is that of ``endpoint.assets.atlas``,
if it was built before.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from endpoint.assets.editor.editor_files import BUILT, BUNDLE
from endpoint.assets.npm import NotBuilt, node_modules, put, run_node
from endpoint.pages.outlines import Ring, outlines
from pipeline.system.data_files import text_of

_STEPS = 10
"""Steps in a degree: the outline is as exact as a map of cities needs it."""


_PACKAGE = "endpoint.assets.editor"
_SOURCES = ("editor.mjs", "bundle.mjs")


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


def build(target: Path = BUILT) -> tuple[Path, ...]:
    """Fetch what the editor needs and put it into a folder; return its files, or raise NotBuilt."""
    with node_modules(_PACKAGE) as modules:
        folder = modules.parent
        for name in _SOURCES:
            (folder / name).write_bytes((files(_PACKAGE) / name).read_bytes())
        run_node(folder, "bundle.mjs", BUNDLE)
        contents = {name: (folder / name).read_bytes() for name in (BUNDLE, f"{BUNDLE}.br")}
    contents["notices.txt"] = (files(_PACKAGE) / "notices.txt").read_bytes()
    if countries := outlines():
        contents["world.svg"] = world(countries).encode()
    return tuple(put(target / name, content) for name, content in contents.items())


def main() -> int:
    """Build the editor; say what was built, or why not and what there is instead."""
    try:
        built = build()
    except NotBuilt as reason:
        sys.stderr.write(f"The query editor was not built: {reason} The page shows a plain form instead.\n")
        return 3
    kilobytes = sum(path.stat().st_size for path in built) // 1024
    sys.stderr.write(f"The query editor was built into {BUILT}: {len(built)} files, {kilobytes} kB.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
