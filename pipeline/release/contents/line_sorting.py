"""Sorting of N-Triples on disk, subject by subject; the memory it takes does not grow with their number."""

import heapq
import struct
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

Block = tuple[str, bytes]
"""A subject term and its lines, sorted and without repetition, in UTF-8."""

_LENGTHS = struct.Struct("<II")
_SUBJECT = itemgetter(0)


class BlockSorter:
    """Collects lines in any order and gives them back as blocks, in the order of `LC_ALL=C sort -u`.

    No subject with the space after it is the beginning of another. So sorting the subjects, and then the
    lines of each, is the same as sorting all lines, with a tenth of the comparisons.
    """

    def __init__(self, folder: Path, name: str, limit: int) -> None:
        self._folder = folder
        self._name = name
        self._limit = limit
        self._blocks: list[Block] = []
        self._size = 0
        self._runs: list[Path] = []

    def add(self, text: str) -> None:
        """Add N-Triples lines, each ended by a line feed."""
        subject, lines = "", list[str]()
        for line in sorted(set(text.split("\n"))):
            if not (subject and line.startswith(subject)):
                self._keep(subject, lines)
                subject, lines = line[: line.find(" ") + 1], []
            lines.append(line)
        self._keep(subject, lines)
        if self._size > self._limit:
            self._spill()

    def _keep(self, subject: str, lines: list[str]) -> None:
        if not subject:
            return
        lines.append("")
        block = "\n".join(lines).encode()
        self._blocks.append((subject, block))
        self._size += len(block) + 2 * len(subject)

    def _spill(self) -> None:
        """Write the blocks held in memory to their own run."""
        run = self._folder / f"{self._name}-{len(self._runs)}.run"
        with run.open("wb") as file:
            for subject, block in _merged(sorted(self._blocks, key=_SUBJECT)):
                key = subject.encode()
                file.write(_LENGTHS.pack(len(key), len(block)) + key + block)
        self._runs.append(run)
        self._blocks = []
        self._size = 0

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks by subject, each subject once."""
        runs = [_read_run(run) for run in self._runs]
        yield from _merged(heapq.merge(*runs, sorted(self._blocks, key=_SUBJECT), key=_SUBJECT))

    def clear(self) -> None:
        """Forget everything and delete the runs."""
        for run in self._runs:
            run.unlink()
        self._runs, self._blocks, self._size = [], [], 0


def _read_run(path: Path) -> Iterator[Block]:
    with path.open("rb", buffering=1 << 18) as file:
        while header := file.read(_LENGTHS.size):
            key, size = _LENGTHS.unpack(header)
            yield _read(file, key).decode(), _read(file, size)


def _read(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise OSError("a temporary file of the sort ends too early")
    return content


def _merged(blocks: Iterable[Block]) -> Iterator[Block]:
    """Join neighbours that have the same subject."""
    subject, block = "", b""
    for this, lines in blocks:
        if this == subject:
            block = block if lines == block else _union(block, lines)
            continue
        if subject:
            yield subject, block
        subject, block = this, lines
    if subject:
        yield subject, block


def _union(one: bytes, other: bytes) -> bytes:
    return b"".join(sorted({*one.splitlines(keepends=True), *other.splitlines(keepends=True)}))
