"""Build of the query editor: ``python -m endpoint.assets.editor.build_editor``, where npm can be reached.

The bundle of YASGUI holds all it needs, so that no other package is fetched. The outline of the world is that of
``endpoint.assets.atlas``, where it was built before.
"""

import sys
from importlib.resources import files
from pathlib import Path

from endpoint.assets.editor.editor_files import BUILT
from endpoint.assets.editor.world import world
from endpoint.assets.npm import NotBuilt, node_modules, put
from endpoint.pages.outlines import outlines

_PACKAGE = "endpoint.assets.editor"
_BUNDLE = {
    "yasgui.min.js": "@zazuko/yasgui/build/yasgui.min.js",
    "yasgui.min.css": "@zazuko/yasgui/build/yasgui.min.css",
}


def build(target: Path = BUILT) -> tuple[Path, ...]:
    """Fetch what the editor needs and put it into a folder; return its files, or raise NotBuilt."""
    with node_modules(_PACKAGE) as modules:
        bundle = {name: (modules / source).read_text(encoding="utf-8") for name, source in _BUNDLE.items()}
    texts = {name: text.partition("\n//# sourceMappingURL=")[0] + "\n" for name, text in bundle.items()}
    texts["notices.txt"] = (files(_PACKAGE) / "notices.txt").read_text(encoding="utf-8")
    if countries := outlines():
        texts["world.svg"] = world(countries)
    return tuple(put(target / name, text) for name, text in texts.items())


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
