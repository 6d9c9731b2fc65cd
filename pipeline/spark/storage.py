"""The storage of a cluster: files at an address of any file system that Hadoop knows, for the driver."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from pipeline.model.errors import EnvironmentFault
from pipeline.spark.session import SPARK_ERRORS, fault_of

LOCK = "build.lock"


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

    def create(self, text: str, *names: str) -> bool:
        """Write a file that is not there yet; return whether it was written."""
        path = self._path(self.at(*names))
        if self._files.exists(path):
            return False
        try:
            file = self._files.create(path, False)
        except Py4JError:
            if self._files.exists(path):  # another one was quicker
                return False
            raise
        file.write(text.encode())
        file.close()
        return True

    def read(self, *names: str) -> str:
        """Return the first line of a small file, empty if it is not there any more."""
        with suppress(Py4JError):
            file = self._files.open(self._path(self.at(*names)))
            try:
                return bytes(file.readNBytes(1000)).decode(errors="replace").partition("\n")[0]
            finally:
                file.close()
        return ""


@contextmanager
def hold_lock(storage: Storage) -> Iterator[None]:
    """Hold the lock of an address: a file that names the build. Raises EnvironmentFault where another build holds it.

    Object stores may let two create the same file, so it is read again: the one that is named there has the lock.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    me = f"process {os.getpid()} on {socket.gethostname()}, since {now}, {uuid4().hex[:8]}"
    if not storage.create(f"{me}\n", LOCK) or storage.read(LOCK) != me:
        other = storage.read(LOCK).rpartition(", ")[0] or "one that has just begun"
        raise EnvironmentFault(
            f"Another build is writing to {storage.address} ({other}). Wait for it to end. "
            f"If it was killed, remove {storage.at(LOCK)} and build again."
        )
    try:
        yield
    finally:
        if storage.read(LOCK) == me:
            storage.remove(LOCK)


def not_usable(address: str) -> str:
    """Return the sentence for an address that Spark cannot use."""
    return f"{address} cannot be read or written"


@contextmanager
def spark_faults(session: SparkSession, sentence: str) -> Iterator[None]:
    """Turn what Spark and the storage report into EnvironmentFault with a sentence and the cause."""
    try:
        yield
    except (*SPARK_ERRORS, ConnectionError) as error:
        raise fault_of(session.sparkContext, sentence, error) from error
