"""Standard input as a source: kept in a file whose name says what it is."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from pipeline.model.errors import UsageError
from pipeline.sources.files.file_kinds import SUFFIXES, suffix_of_kind

STDIN = Path("-")
_HEAD = 1 << 12


@contextmanager
def with_stdin(sources: Sequence[Path], media_type: str | None) -> Iterator[tuple[Path, ...]]:
    """Yield the sources, ``-`` replaced by a file with the standard input for so long.

    What it is is stated by a media type or a suffix, or else seen from how it begins.
    """
    if STDIN not in sources:
        if media_type is not None:
            raise UsageError("--media-type is for standard input. Give - as a source, or leave it out.")
        yield tuple(sources)
        return
    with TemporaryDirectory(prefix="practicegraph-") as folder:
        raw = Path(folder) / "incoming"
        with raw.open("wb") as file:
            copyfileobj(sys.stdin.buffer, file)
        with raw.open("rb") as file:
            saved_file = raw.rename(raw.with_name(f"stdin{_suffix(media_type, file.read(_HEAD))}"))
        yield tuple(saved_file if source == STDIN else source for source in sources)


def _suffix(stated: str | None, head: bytes) -> str:
    named = f"stdin.{stated.removeprefix('.')}" if stated and "/" not in stated else ""
    suffix = suffix_of_kind("" if named or not stated else stated, named, head)
    if suffix is None or (named and not named.endswith(suffix)):
        raise UsageError(
            f"{stated} is not read here. State one of {', '.join(SUFFIXES)}, or a suffix as ttl."
        )
    return suffix
