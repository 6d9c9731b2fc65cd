"""Sources on Spark: files at any path that Spark reads, each read by an executor."""

import re
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from pyspark import RDD
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from pipeline.model.errors import SourceError
from pipeline.spark.session import first_line
from pipeline.system.cluster_addresses import address_of, is_address

Part = TypeVar("Part")

_PARQUET = ".parquet"
_PIECE = 1 << 20
_IN_PIECES = (
    f"explode(transform(sequence(0, greatest(cast(ceil(length / {_PIECE}.0) AS int) - 1, 0)), "
    f"number -> substring(content, number * {_PIECE} + 1, {_PIECE}))) AS piece"
)
"""The content of a file as rows of a megabyte: Java hands over a row to Python by copying it several times."""

_GLOB = re.compile(r"[\\{}\[\]*?]")


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
