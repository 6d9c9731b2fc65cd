"""ZIP archives, as workbooks are: what they declare is checked before unpacking, and counted during it."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.model.errors import SourceError

MOST_MEMBERS = 10_000
MOST_UNPACKED = 256 << 20
MOST_RATIO = 100
"""Text and tables shrink to a tenth, rarely a fiftieth; a member beyond this ratio is made to do harm."""

_RATIO_FROM = 1 << 20
_BLOCK = 1 << 16
_ENCRYPTED = 0x1


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP archive whose declared sizes are sane; raise SourceError, with the reason, for others."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, name)
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise SourceError(f"{name} is a damaged ZIP file ({error}). Save or copy it again.") from error


def _refuse_bombs(archive: zipfile.ZipFile, name: str) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise SourceError(f"{name} holds {len(members):,} files, of {MOST_MEMBERS:,} at most. Split it.")
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise SourceError(f"{name} is protected by a password. Save it without one.")
        if member.file_size > max(_RATIO_FROM, MOST_RATIO * member.compress_size):
            raise SourceError(
                f"{name} says that “{member.filename[:80]}” unpacks from {member.compress_size:,} to "
                f"{member.file_size:,} bytes, as no honest file does; it was not opened."
            )
    total = unpacked_size(archive)
    if total > MOST_UNPACKED:
        raise SourceError(
            f"{name} unpacks to {total >> 20:,} MB, of {MOST_UNPACKED >> 20:,} MB at most; it was not "
            "opened. Split it."
        )


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """Return how many bytes the members of an archive say they unpack to."""
    return sum(member.file_size for member in archive.infolist())


def blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield the content of a member; raise SourceError as soon as it is more than was declared."""
    count = 0
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            count += len(block)
            if count > member.file_size:
                raise SourceError(f"{name} unpacks to more than it declares; it was not read further.")
            yield block
