"""The storage of a cluster: files at an address of any file system that Hadoop knows, for the driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from pipeline.model.errors import EnvironmentFault
from pipeline.spark.session import first_line


class Storage:
    """The files and folders below an address, each by its path from there."""

    def __init__(self, session: SparkSession, address: str) -> None:
        self.address = address.rstrip("/")
        context: Any = session.sparkContext
        self._path = context._jvm.org.apache.hadoop.fs.Path  # Hadoop's files have no other way in
        configuration = context._jsc.hadoopConfiguration()
        self._files = self._path(self.address).getFileSystem(configuration)

    def at(self, *names: str) -> str:
        """Return the address of a file or folder."""
        return "/".join((self.address, *names))

    def folders(self) -> tuple[str, ...]:
        """Return the names of the folders, in any order."""
        here = self._path(self.address)
        entries = self._files.listStatus(here) if self._files.exists(here) else ()
        return tuple(entry.getPath().getName() for entry in entries if entry.isDirectory())

    def exists(self, *names: str) -> bool:
        """Return whether there is a file or folder."""
        return bool(self._files.exists(self._path(self.at(*names))))

    def download(self, target: Path, *names: str) -> Path:
        """Copy a file or folder to a path of this machine that is free; return the path."""
        self._files.copyToLocalFile(False, self._path(self.at(*names)), self._here(target), True)
        return target

    def upload(self, source: Path, *names: str) -> None:
        """Copy a file of this machine; one that is there already is replaced."""
        target = self._path(self.at(*names, source.name))
        self._files.copyFromLocalFile(False, True, self._here(source), target)

    def _here(self, path: Path) -> Any:
        return self._path(f"file://{path}")  # as it is: Hadoop decodes no %20

    def remove(self, *names: str) -> None:
        """Remove a file or folder, if it is there."""
        self._files.delete(self._path(self.at(*names)), True)


@contextmanager
def spark_faults(address: str) -> Iterator[None]:
    """Turn what Spark and the storage report into EnvironmentFault."""
    try:
        yield
    except (Py4JError, PySparkException) as error:
        raise EnvironmentFault(f"{address} cannot be read or written: {first_line(error)}") from error
