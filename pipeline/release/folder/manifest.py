"""The manifest: the files of a release with their hashes, written last."""

import json
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
FORMAT = 1
"""The form of the release folder; a server refuses forms that it does not know."""

_NOT_CONTENT = ("store/LOCK", "store/LOG")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The hash and size of a file."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release says of itself.

    ``version`` is derived from the data alone, ``release`` is the folder's name, ``number`` counts the
    releases of an output folder, ``fingerprint`` is a hash over all that makes a release, times apart.
    """

    format: int
    version: str
    release: str
    number: int
    base_iri: str
    software: str
    vocabulary_version: str
    created: str
    previous: str | None
    fingerprint: str
    inputs: list[dict[str, Any]]
    counts: dict[str, Any]
    files: dict[str, FileFacts]

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder of its release."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a release; raise ValueError if it is missing or damaged."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {name: FileFacts(**facts) for name, facts in content.pop("files").items()}
        manifest = Manifest(**content, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{folder / MANIFEST} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise ValueError(f"{folder / MANIFEST} has form {manifest.format}; this software reads form {FORMAT}")
    return manifest


def file_facts(folder: Path) -> dict[str, FileFacts]:
    """Return the facts of every file by its path, the manifest and the store's log and lock apart."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    left_out = (MANIFEST, *_NOT_CONTENT)
    return {name: facts_of(path) for name, path in names.items() if name not in left_out}


def facts_of(path: Path) -> FileFacts:
    """Return the facts of one file."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return FileFacts(digest, path.stat().st_size)
