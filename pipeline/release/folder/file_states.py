"""The states of a release's files, as the file system has them: whether anything has touched a file since the build.

Hashing all files of a large release takes a minute, reading their states a moment. Git's index works the same way.
"""

import json
from hashlib import sha256
from pathlib import Path

from pipeline.release.folder.manifest import MANIFEST, read_manifest

_FILE = ".file-states.json"


def remember_states(release: Path) -> None:
    """Note the states of the files of a release that was just hashed, beside the releases."""
    known = {
        name: states for name, states in _read_states(release).items() if (release.parent / name).is_dir()
    }
    path = _file(release)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({**known, release.name: _states(release)}) + "\n", encoding="ascii")
    draft.replace(path)


def has_same_states(release: Path) -> bool:
    """Return whether the files of a release are the ones that were hashed, untouched; false where nothing is noted.

    A copy has other inodes, and a change of content another time of change, which no program can set.
    """
    try:
        return _read_states(release).get(release.name) == _states(release)
    except (OSError, ValueError):
        return False


def _file(release: Path) -> Path:
    return release.parent.parent / _FILE


def _read_states(release: Path) -> dict[str, str]:
    try:
        known = json.loads(_file(release).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _states(release: Path) -> str:
    """Return a hash of the states of the files that the manifest names, and of its own."""
    names = [*sorted(read_manifest(release).files), MANIFEST]
    stats = [(name, (release / name).stat()) for name in names]
    states = [(name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino) for name, stat in stats]
    return sha256(json.dumps(states).encode()).hexdigest()
