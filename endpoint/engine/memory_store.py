"""The memory store: the store of a release, read into memory that query children share.

Queries are answered there in a third of the time that they take on the disk.
"""

import logging
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

from pipeline.model.errors import EnvironmentFault
from pipeline.release.folder.manifest import read_manifest
from pipeline.system.processes import spawn

STORE = "store"
"""Where in the folder of a release its store is."""

_QUADS = RdfFormat.N_QUADS

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """A store in memory, and the path of the one on the disk that it was read from."""

    path: str
    store: Store


def load_memory_store(path: Path) -> MemoryStore:
    """Return a copy in memory of the store at a path; raise EnvironmentFault where it cannot be read.

    A process of its own opens the store: who opens one has threads from then on, and who has threads should
    not fork.
    """
    reader, writer = os.pipe()
    store = Store()
    with os.fdopen(reader, "rb") as quads:
        try:
            child = spawn("pg-reader", partial(_write_quads, path, reader, writer))
        finally:
            os.close(writer)
        try:
            # The store's own way of loading would give blank nodes other names each time.
            store.extend(parse(quads, format=_QUADS, lenient=True))
        except (OSError, SyntaxError) as error:
            raise EnvironmentFault(f"{path} cannot be read into memory: {error}") from error
    if child.wait() != 0:
        raise EnvironmentFault(f"{path} cannot be read into memory: its reader {child.ending()}.")
    return MemoryStore(str(path), store)


def _write_quads(path: Path, reader: int, writer: int) -> None:
    os.close(reader)
    try:
        with os.fdopen(writer, "wb") as quads:
            Store.read_only(str(path)).dump(quads, _QUADS)
    except OSError as error:
        _log.error("%s cannot be read: %s", path, error)
        os._exit(os.EX_IOERR)


def count_triples(path: Path) -> int | float:
    """Return how many triples the release of a store has, more than any limit where it does not say so."""
    try:
        return int(read_manifest(path.parent).counts["quads"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
