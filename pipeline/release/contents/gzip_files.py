"""Compressed text files with the same bytes for the same text: no time and no name in their header."""

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

_CHUNK = 1 << 20


@contextmanager
def open_gzip(path: Path, level: int) -> Iterator[BinaryIO]:
    """Open a gzip file for bytes."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=raw, mtime=0) as packed,
        io.BufferedWriter(packed, _CHUNK) as buffered,
    ):
        yield cast("BinaryIO", buffered)


@contextmanager
def open_gzip_text(path: Path, level: int) -> Iterator[TextIO]:
    """Open a gzip file for UTF-8 text; line feeds stay line feeds."""
    with (
        open_gzip(path, level) as buffered,
        io.TextIOWrapper(buffered, encoding="utf-8", newline="\n") as text,
    ):
        yield text
