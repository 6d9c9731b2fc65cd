"""Faults of the machine while a release is written, as sentences."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.model.errors import EnvironmentFault

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("no space left", "disk is full", "quota exceeded")
_DISK_CODES = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
)
_LARGE_WORDS = ("file too large",)


@contextmanager
def translate_os_errors(output: Path) -> Iterator[None]:
    """Turn errors of the disk into EnvironmentFault: the store and SQLite report them in words only."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(_sentence(output, error)) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _DISK_CODES:
            raise EnvironmentFault(_sentence(output, error)) from error
        raise


def _sentence(output: Path, error: Exception) -> str:
    words = str(error).lower()
    number = getattr(error, "errno", None)
    stays = "The release that was there stays in place."
    if number in _FULL or any(word in words for word in _FULL_WORDS):
        return f"{output}: the disk is full. Free some space and build again. {stays}"
    if number == errno.EFBIG or any(word in words for word in _LARGE_WORDS):
        return f"{output}: a file grew too large. Raise the limit (ulimit -f) and build again. {stays}"
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{output}: {error}. Give this user the right to write there and build again. {stays}"
    return f"{output}: the release could not be written ({error}). Is the disk full, or failing? {stays}"
