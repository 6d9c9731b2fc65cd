"""Partitions: records spread over files by a hash of their IRI, each with all that belongs to it.

A record written twice comes into the same file, so that what contradicts itself is seen. What records share
(the places of practices, say) is repeated in the file of each; where two of them say different things of it,
every file that knows it gets all that was said.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from zlib import crc32

from pipeline.gate.record_scope import RecordScope

PART_SIZE = 10_000
"""How many records a file should hold; more save little time and cost memory."""

_BUFFER = 1 << 18


def part_count(records: int) -> int:
    """Return how many files that many records should be spread over."""
    return max(1, -(-records // PART_SIZE))


class PartitionWriter:
    """Writes the N-Triples of records to a number of files; a context that closes them.

    ``paths`` are the files, which are complete once the context has been left.
    """

    def __init__(self, directory: Path, count: int, scope: RecordScope) -> None:
        self._topic = f"<{scope.topic}>"
        directory.mkdir(parents=True, exist_ok=True)
        self.paths = tuple(directory / f"part-{number:04d}.nt" for number in range(max(count, 1)))
        self._files = [
            path.open("w", encoding="utf-8", newline="\n", buffering=_BUFFER) for path in self.paths
        ]
        self._shared: dict[str, tuple[int, int]] = {}
        self._written: set[tuple[str, int]] = set()
        self._contradicted: set[str] = set()

    def write(self, main_iri: str, lines: str, shared: Iterable[str] = ()) -> None:
        """Write the lines of a record, and of nodes that other records share.

        What is given as ``shared`` may be among the ``lines`` as well; apart, it is written much faster.
        """
        number = crc32(main_iri.encode()) % len(self._files)
        if not shared:
            self._write_each(f"<{main_iri}", lines, number)
            return
        self._files[number].write(lines)
        for text in shared:
            if (text, number) not in self._written:
                self._written.add((text, number))
                self._write_each(f"<{main_iri}", text, number)

    def _write_each(self, this: str, lines: str, number: int) -> None:
        """Write lines subject by subject, those on shared ones only where a file has not been told them."""
        about: dict[str, list[str]] = {}
        for line in lines.split("\n")[:-1]:
            about.setdefault(line.partition(" ")[0], []).append(line + "\n")
        for subject, said in about.items():
            if self._belongs(subject, said, this) or self._is_new(subject, said, number):
                self._files[number].writelines(said)

    def _belongs(self, subject: str, said: list[str], this: str) -> bool:
        """Return whether a subject is the main node of the record itself, a fragment of it, or its document."""
        if subject.startswith(this) and subject[len(this) :][:1] in (">", "#"):
            return True
        topic = f" {self._topic} {this}> "
        return any(topic in line for line in said)

    def _is_new(self, subject: str, said: list[str], number: int) -> bool:
        """Return whether a file does not have this statement on a shared subject; note statements that differ."""
        digest = hash(frozenset(said))
        known, files = self._shared.get(subject, (digest, 0))
        self._shared[subject] = known, files | 1 << number
        if known != digest:
            self._contradicted.add(subject)
        return known != digest or not files >> number & 1

    def __enter__(self) -> "PartitionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> tuple[Path, ...]:
        """Close the files, each knowing all that was said of the subjects it knows; return their paths."""
        for file in self._files:
            file.close()
        if self._contradicted:
            self._spread(self._contradicted)
            self._contradicted = set()
        return self.paths

    def _spread(self, subjects: set[str]) -> None:
        said: dict[str, set[str]] = defaultdict(set)
        for path in self.paths:
            for line in lines_about(path, {subject.encode() for subject in subjects}):
                said[line.decode().partition(" ")[0]].add(line.decode())
        for number, path in enumerate(self.paths):
            with path.open("a", encoding="utf-8", newline="\n") as file:
                for subject in sorted(subjects):
                    if self._shared[subject][1] >> number & 1:
                        file.writelines(sorted(said[subject]))


def lines_about(path: Path, subjects: set[bytes]) -> Iterable[bytes]:
    """Yield the lines of an N-Triples file about some subjects, given as they are written there."""
    if not subjects:
        return
    with path.open("rb") as file:
        for line in file:
            if line[: line.find(b" ")] in subjects:
                yield line
