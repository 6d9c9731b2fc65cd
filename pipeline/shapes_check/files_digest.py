"""The digest of files: identifies shapes that were read before."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path


def digest_of(sources: Sequence[tuple[Path, str]]) -> bytes:
    """Return what tells shapes apart: the names and the contents of their files."""
    digest = sha256()
    for path, name in sources:
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        digest.update(f"{name}\0{path.suffix}\0{len(content)}\0".encode("utf-8", "replace"))
        digest.update(content)
    return digest.digest()
