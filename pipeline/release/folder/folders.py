"""The output folder: its releases, the one that is current, and the folders in which builds are at work."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from pipeline.model.errors import UsageError
from pipeline.release.folder.manifest import MANIFEST, read_manifest

CURRENT = "current"
PINNED = "pinned"
RELEASES = "releases"
_BUILDING = ".building-"
_REMOVING = ".removing-"


def current(output: Path) -> Path | None:
    """Return the folder of the current release, whether sound or not; None if there is none."""
    link = output / CURRENT
    return link.resolve() if (link / MANIFEST).exists() else None


def current_release(output: Path) -> Path:
    """Return the folder of the current release; raise UsageError if there is none."""
    here = current(output)
    if here is None:
        raise UsageError(f"{output} holds no current release; build one with “practicegraph build”.")
    return here


def releases(output: Path) -> tuple[Path, ...]:
    """Return the releases that have a readable manifest, the newest first."""
    numbered = []
    for folder in (output / RELEASES).glob("[!.]*"):
        try:
            numbered.append((read_manifest(folder).number, folder.resolve()))
        except ValueError:
            continue
    return tuple(folder for _, folder in sorted(numbered, reverse=True))


def named_release(output: Path, name: str) -> Path | None:
    """Return the newest release of a name or version, None if there is none."""
    known = releases(output)
    return next((one for one in known if name in (one.name, read_manifest(one).version)), None)


def release_names(output: Path) -> str:
    """Return the names of all releases in words."""
    return ", ".join(one.name for one in releases(output)) or "none"


def new_building_folder(output: Path) -> tuple[Path, int]:
    """Return a new folder to build in, and the descriptor that marks it as in use until it is closed."""
    (output / RELEASES).mkdir(parents=True, exist_ok=True)
    remove_leftovers(output)
    folder = Path(tempfile.mkdtemp(prefix=f"{_BUILDING}{os.getpid()}-", dir=output / RELEASES))
    folder.chmod(0o755)
    mark = os.open(folder, os.O_RDONLY)
    fcntl.flock(mark, fcntl.LOCK_EX)
    return folder, mark


def remove_leftovers(output: Path) -> None:
    """Remove what builds have left that were killed."""
    for folder in (output / RELEASES).glob(".*"):
        if folder.name.startswith(_REMOVING) or (folder.name.startswith(_BUILDING) and not _in_use(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    mark = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(mark)
    return False


def remove_release(folder: Path) -> None:
    """Remove a release; it leaves the list at once, even if removing its files is cut short."""
    gone = folder.with_name(_REMOVING + folder.name)
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def free_name(output: Path, version: str) -> str:
    """Return the version, or where that folder is taken the version with the first free number."""
    number = 1
    name = version
    while (output / RELEASES / name).exists():
        number += 1
        name = f"{version}-{number}"
    return name


def sync_tree(folder: Path) -> None:
    """Return when every file and folder below is on the disk."""
    for directory, _, names in os.walk(folder):
        for name in names:
            sync(Path(directory) / name)
        sync(Path(directory))


def sync(path: Path) -> None:
    """Return when a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
