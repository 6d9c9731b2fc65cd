"""Fetching of Oxigraph for the browser: ``python -m endpoint.assets.browser_store.build_store``.

It needs npm and its registry.
"""

import sys
from importlib.resources import files
from pathlib import Path

from endpoint.assets.browser_store.store_files import BROWSER_STORE, STORE_FILES
from endpoint.assets.npm import NotBuilt, node_modules, put

_PACKAGE = "endpoint.assets.browser_store"


def build(target: Path = BROWSER_STORE) -> tuple[Path, ...]:
    """Fetch the package and put its files into a folder; return them, or raise NotBuilt."""
    with node_modules(_PACKAGE) as modules:
        contents = {name: (modules / "oxigraph" / name).read_bytes() for name in STORE_FILES}
    contents["notices.txt"] = (files(_PACKAGE) / "notices.txt").read_bytes()
    return tuple(put(target / name, content) for name, content in contents.items())


def main() -> int:
    """Fetch the files; say where they are, or why there are none and what that means."""
    try:
        built = build()
    except NotBuilt as reason:
        sys.stderr.write(f"Oxigraph was not fetched: {reason} Exported sites have no SPARQL page.\n")
        return 3
    kilobytes = sum(path.stat().st_size for path in built) // 1024
    sys.stderr.write(f"Oxigraph for the browser is in {BROWSER_STORE}: {len(built)} files, {kilobytes} kB.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
