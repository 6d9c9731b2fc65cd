"""Sorting on disk, subject by subject: batches deliver sorted runs, which are merged when they are read."""

import heapq
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

Block = tuple[str, bytes]
"""A subject term with the space after it, and what is said about it: N-Triples lines, sorted and without repetition.

No subject with the space after it is the beginning of another. So sorting the subjects, and then the lines of each,
is the same as sorting all lines (`LC_ALL=C sort -u`), with a tenth of the comparisons.
"""

_LENGTHS = struct.Struct("<II")
_SUBJECT = itemgetter(0)
_PIECE = 1 << 14


def lines_by_subject(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each subject of N-Triples lines in any order with its lines, sorted, without line feeds."""
    subject, lines = "", list[str]()
    for line in sorted(set(text.split("\n"))):
        if not (subject and line.startswith(subject)):
            if subject:
                yield subject, lines
            subject, lines = line[: line.find(" ") + 1], []
        lines.append(line)
    if subject:
        yield subject, lines


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the blocks of N-Triples lines in any order, each ended by a line feed."""
    return ((subject, block_of(lines)) for subject, lines in lines_by_subject(text))


def block_of(lines: list[str]) -> bytes:
    """Return lines without line feeds as a block."""
    return "\n".join((*lines, "")).encode()


def union(one: bytes, other: bytes) -> bytes:
    """Return the lines of two blocks as one."""
    return b"".join(sorted({*one.splitlines(keepends=True), *other.splitlines(keepends=True)}))


def join_blocks(blocks: Iterable[Block], join: Callable[[bytes, bytes], bytes] = union) -> Iterator[Block]:
    """Join neighbours that have the same subject."""
    subject, block = "", b""
    for this, lines in blocks:
        if this == subject:
            block = block if lines == block else join(block, lines)
            continue
        if subject:
            yield subject, block
        subject, block = this, lines
    if subject:
        yield subject, block


def run_of(blocks: Iterable[Block]) -> bytes:
    """Return blocks as a run: sorted, in one compressed piece."""
    pieces: list[bytes] = []
    for subject, block in sorted(blocks, key=_SUBJECT):
        key = subject.encode()
        pieces += (_LENGTHS.pack(len(key), len(block)), key, block)
    return zlib.compress(b"".join(pieces), 1) if pieces else b""


class SortedRuns:
    """Runs in a file, and all their blocks in the order of the subjects.

    Memory grows by a few kilobytes a run. ``join`` makes one block of two on the same subject.
    """

    def __init__(self, path: Path, join: Callable[[bytes, bytes], bytes] = union) -> None:
        self._path = path
        self._join = join
        self._file = path.open("wb")
        self._ends = [0]

    def add(self, run: bytes) -> None:
        """Add a run."""
        if run:
            self._file.write(run)
            self._ends.append(self._ends[-1] + len(run))

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks by subject, each subject once."""
        self._file.flush()
        with self._path.open("rb", buffering=0) as file:
            runs = [blocks_in(_read_run(file.fileno(), *bounds)) for bounds in pairwise(self._ends)]
            yield from join_blocks(heapq.merge(*runs, key=_SUBJECT), self._join)

    def close(self) -> None:
        """Close the file and delete it."""
        with suppress(OSError):  # what a full disk did not take is not needed any more
            self._file.close()
        self._path.unlink(missing_ok=True)


def _read_run(file: int, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        piece = os.pread(file, min(_PIECE, end - start), start)
        if not piece:
            raise OSError("a temporary file of the sort ends too early")
        start += len(piece)
        yield piece


def blocks_in(run: Iterable[bytes]) -> Iterator[Block]:
    """Yield the blocks of a run, which is given in pieces."""
    unpacking = zlib.decompressobj()
    text, at = b"", 0
    for piece in run:
        text, at = text[at:] + unpacking.decompress(piece), 0
        while len(text) - at >= _LENGTHS.size:
            key, size = _LENGTHS.unpack_from(text, at)
            middle = at + _LENGTHS.size + key
            if middle + size > len(text):
                break
            yield text[at + _LENGTHS.size : middle].decode(), text[middle : middle + size]
            at = middle + size
