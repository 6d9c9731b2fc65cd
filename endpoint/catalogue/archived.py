"""Archived releases: no longer served, but their folders still exist."""

from functools import lru_cache
from pathlib import Path

from werkzeug.exceptions import NotFound

from endpoint.catalogue.open_release import Release
from pipeline.release.folder.manifest import MANIFEST, Manifest, read_manifest


def folder_of(release: Release, version: str) -> Path | None:
    """Return the folder of a version; if software or labels changed, that of its newest release."""
    if version == release.version:
        return release.path
    folders = {}
    for path in release.path.parent.glob("[!.]*"):
        if path.name.partition("-")[0] == version and (path / MANIFEST).is_file():
            folders[manifest_of(path).number] = path
    return folders[max(folders)] if folders else None


def manifest_of(path: Path) -> Manifest:
    """Return the manifest of a release's folder; raise NotFound if it is damaged."""
    try:
        # A folder of the same name may come again, once its release has been removed.
        return _read(path, (path / MANIFEST).stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise NotFound("This release is damaged, so its files are not given out.") from error


@lru_cache(maxsize=32)
def _read(path: Path, _: int) -> Manifest:
    return read_manifest(path)
