"""Partitions: practices spread over files by a hash of their IRI, each with all that belongs to it.

A practice written twice comes into the same file, so that what contradicts itself is seen. What practices
share (their cities) is repeated in the file of each; where two of them say different things of it, every file
that knows it gets all that was said.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from zlib import crc32

from pipeline.rdf.vocabulary import FOAF

PART_SIZE = 10_000
"""How many practices a file should hold; more save little time and cost memory."""

_BUFFER = 1 << 18
_PRIMARY_TOPIC = f"<{FOAF}primaryTopic>"


def part_count(practices: int) -> int:
    """Return how many files that many practices should be spread over."""
    return max(1, -(-practices // PART_SIZE))


class PartitionWriter:
    """Writes the N-Triples of practices to a number of files; a context that closes them.

    ``paths`` are the files, which are complete once the context has been left.
    """

    def __init__(self, directory: Path, count: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.paths = tuple(directory / f"part-{number:04d}.nt" for number in range(max(count, 1)))
        self._files = [
            path.open("w", encoding="utf-8", newline="\n", buffering=_BUFFER) for path in self.paths
        ]
        self._shared: dict[str, tuple[int, int]] = {}
        self._written: set[tuple[str, int]] = set()
        self._contradicted: set[str] = set()

    def write(self, practice_iri: str, lines: str, places: Iterable[str] = ()) -> None:
        """Write the lines of a practice, of its period and record, and of its places.

        What is given as ``places`` may stand among the ``lines`` as well; apart, it is dealt with much faster.
        """
        number = crc32(practice_iri.encode()) % len(self._files)
        if not places:
            self._write_each(f"<{practice_iri}", lines, number)
            return
        self._files[number].write(lines)
        for text in places:
            if (text, number) not in self._written:
                self._written.add((text, number))
                self._write_each(f"<{practice_iri}", text, number)

    def _write_each(self, this: str, lines: str, number: int) -> None:
        """Write lines subject by subject, those on shared ones only where a file has not been told them."""
        about: dict[str, list[str]] = {}
        for line in lines.split("\n")[:-1]:
            about.setdefault(line.partition(" ")[0], []).append(line + "\n")
        for subject, said in about.items():
            if _belongs(subject, said, this) or self._is_new(subject, said, number):
                self._files[number].writelines(said)

    def _is_new(self, subject: str, said: list[str], number: int) -> bool:
        """Tell whether a file has not been told this of a shared subject; note what is told differently."""
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


def _belongs(subject: str, said: list[str], this: str) -> bool:
    """Tell whether a subject is the practice itself, a fragment of it, or its record."""
    if subject.startswith(this) and subject[len(this) :][:1] in (">", "#"):
        return True
    topic = f" {_PRIMARY_TOPIC} {this}> "
    return any(topic in line for line in said)


def lines_about(path: Path, subjects: set[bytes]) -> Iterable[bytes]:
    """Yield the lines of an N-Triples file about some subjects, given as they are written there."""
    if not subjects:
        return
    with path.open("rb") as file:
        for line in file:
            if line[: line.find(b" ")] in subjects:
                yield line
