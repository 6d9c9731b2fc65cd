"""Sources on Spark: the executors read files from any path that Spark reads; the driver takes their rows in order."""

import pickle
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from pyspark import RDD, StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding
from pipeline.model.rows import Row
from pipeline.sources.files.own_headings import own_headings, with_headings
from pipeline.sources.files.source import Source
from pipeline.sources.readers import read_source
from pipeline.spark.session import SPARK_ERRORS, fault_of, first_line
from pipeline.steps.read import NamedFile
from pipeline.system.cluster_addresses import address_of, is_address

Part = TypeVar("Part")

_CHUNK = 500
_PARQUET = ".parquet"
_PIECE = 1 << 20
_IN_PIECES = (
    f"explode(transform(sequence(0, greatest(cast(ceil(length / {_PIECE}.0) AS int) - 1, 0)), "
    f"number -> substring(content, number * {_PIECE} + 1, {_PIECE}))) AS piece"
)
"""The content of a file as rows of a megabyte: Java hands over a row to Python by copying it several times."""

_GLOB = re.compile(r"[\\{}\[\]*?]")


class _Head(NamedTuple):
    findings: tuple[Finding, ...]
    sha256: str
    bytes: int


class _Tail(NamedTuple):
    row_count: int
    blank: int
    late: tuple[Finding, ...]


class _Refusal(NamedTuple):
    sentence: str


_Part = _Head | list[Row] | _Tail | _Refusal


_PARTS, _MOST_PARTS = "number long, part binary", 1 << 32
"""The parts of all files as a table; the numbers of a file's parts begin at a multiple of the latter."""


class SparkFiles:
    """The files of a build: all are read by the executors at once, and given back one after the other."""

    def __init__(self, session: SparkSession, files: Sequence[NamedFile]) -> None:
        self._session = session
        self._files = [(path, name) for path, name in files if not is_for_driver(path)]
        self._parts: Iterator[_Part] | None = None

    def open(self, path: Path, name: str) -> Source:
        """Return a source. Each file is opened once, in the order given; folders and archives the driver reads."""
        if (path, name) not in self._files:
            return read_source(path, name)
        if self._parts is None:
            self._parts = self._read()
        return _SparkSource(name, self._parts)

    def _read(self) -> Iterator[_Part]:
        headings = dict(own_headings())
        first = count(step=_MOST_PARTS)
        files = [
            read_by_executors(self._session, path, name, partial(_read, name, headings)).mapPartitions(
                partial(_numbered, number)
            )
            for number, (path, name) in zip(first, self._files, strict=False)
        ]
        union = self._session.sparkContext.union(files)
        table = self._session.createDataFrame(union, _PARTS, verifySchema=False)
        parts = table.persist(StorageLevel.DISK_ONLY)
        try:
            parts.count()
        except SPARK_ERRORS as error:
            raise fault_of(self._session.sparkContext, "Spark could not read the sources", error) from error
        in_order = parts.sort("number")  # it comes in pieces; what is not sorted comes a file at a time
        for row in in_order.toLocalIterator():
            yield pickle.loads(row.part)  # noqa: S301 — this build wrote it


def read_by_executors(
    session: SparkSession, path: Path, name: str, read: Callable[[Path], Iterator[Part]]
) -> RDD[Part]:
    """Return what an executor reads from a file, which it then has under a path of its own machine."""
    url, reader = _url_of(path), session.read
    try:
        if path.suffix == _PARQUET:
            lines = _in_one_task(reader.parquet(url).toJSON())
            return lines.mapPartitions(partial(_read_lines, read))
        pieces = reader.format("binaryFile").load(url).selectExpr(_IN_PIECES)
        return _in_one_task(pieces.rdd).mapPartitions(partial(_read_bytes, read, path.suffix))
    except PySparkException as error:
        raise SourceError(f"Spark cannot read {name}: {first_line(error)}") from error


def _in_one_task(items: RDD[Any]) -> RDD[Any]:
    """Return the items with a None, so that a file without an item in Spark is read, too."""
    return items.union(items.context.parallelize([None], 1)).coalesce(1)


class _SparkSource:
    """A file as the executors have read it."""

    def __init__(self, name: str, parts: Iterator[_Part]) -> None:
        self.name = name
        self._parts = parts
        head = self._next()
        assert isinstance(head, _Head)
        self.findings, self.sha256, self.bytes = head
        self.late: tuple[Finding, ...] = ()
        self.row_count = self.blank = 0

    def rows(self) -> Iterator[Row]:
        """Yield the rows with content; they can be read once."""
        while isinstance(part := self._next(), list):
            yield from part
        assert isinstance(part, _Tail)
        self.row_count, self.blank, self.late = part

    def _next(self) -> _Part:
        part = next(self._parts)
        if isinstance(part, _Refusal):
            raise SourceError(part.sentence)
        return part


def _url_of(path: Path) -> str:
    """Return what Spark calls a path: an address, or a file on a shared disk."""
    if is_address(path):
        return address_of(path)
    return "file://" + _GLOB.sub(r"\\\g<0>", str(path.resolve()))


def files_at(session: SparkSession, path: Path) -> list[Path]:
    """Return the files at an address by name, for a folder or a pattern there; a path of this machine as it is."""
    if not is_address(path) or path.suffix == _PARQUET:
        return [path]
    try:
        rows = session.read.format("binaryFile").load(address_of(path)).select("path").collect()
    except PySparkException as error:
        raise SourceError(f"Spark cannot list {address_of(path)}: {first_line(error)}") from error
    return sorted(Path(unquote(row.path)) for row in rows)


def is_for_driver(path: Path) -> bool:
    """Return whether a source is a folder or an archive of this machine."""
    return (path.is_dir() and path.suffix != _PARQUET) or path.suffix == ".zip"


def _read_lines(read: Callable[[Path], Iterator[Part]], lines: Iterator[str | None]) -> Iterator[Part]:
    """Yield the parts of a Parquet file, each of whose rows is a line of JSON."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        for line in filter(None, lines):
            file.write(line.encode() + b"\n")
        file.flush()
        yield from read(Path(file.name))


def _read_bytes(read: Callable[[Path], Iterator[Part]], suffix: str, rows: Iterator[Any]) -> Iterator[Part]:
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        for row in filter(None, rows):
            file.write(row.piece)
        file.flush()
        yield from read(Path(file.name))


def _numbered(first: int, parts: Iterator[_Part]) -> Iterator[tuple[int, bytes]]:
    return ((number, pickle.dumps(part)) for number, part in enumerate(parts, first))


def _read(name: str, headings: dict[str, str], path: Path) -> Iterator[_Part]:
    """Yield what a file contains: its head, its rows in chunks, and what only reading them tells."""
    with with_headings(headings):
        try:
            source = read_source(path, name)
            yield _Head(source.findings, source.sha256, source.bytes)
            rows = source.rows()
            while chunk := list(islice(rows, _CHUNK)):
                yield chunk
            yield _Tail(source.row_count, source.blank, source.late)
        except SourceError as error:
            yield _Refusal(error.sentence)
