"""Packages of Node.js for the tests, each installed once for this working copy, whichever test needs it first."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[1] / ".pytest_cache" / "node"
_SECONDS_TO_INSTALL = 240


def installed(package: str) -> Path:
    """Return the folder in which a package is installed; skip the test where that is not possible."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js and npm are not installed.")
    folder = _FOLDER / package.replace("/", "+")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "package.json").exists():  # npm writes it last
            _install(npm, package, folder)
    return folder


def _install(npm: str, package: str, folder: Path) -> None:
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=0")
    command = [npm, "install", "--prefix", folder, *options, package]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_SECONDS_TO_INSTALL)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm cannot install {package}: {error.stderr.strip()[:200]}")
    except (subprocess.TimeoutExpired, OSError) as error:
        pytest.skip(f"npm cannot install {package}: {error}")
