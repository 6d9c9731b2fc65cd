"""Releases in parts: folders at an address, each of which is complete once it has its manifest.

A folder contains ``practices``, ``vocabulary``, ``provenance`` and ``description`` (sorted N-Triples in compressed
parts), ``catalogue``, ``findings`` and ``ledger`` (Parquet), ``rows`` (the source rows of published practices) and the
history. No file is ever replaced: the release with the highest number is the current one.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pyspark.sql import SparkSession

from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.rdf.iris import Deployment
from pipeline.records.history.history_log import HISTORY
from pipeline.records.ledger import COLUMNS, LedgerEntry, ledger_lines
from pipeline.records.previous_release import LEDGER, ROWS
from pipeline.release.contents.store_loader import StoreWriter, count_quads, demand_counts, open_stored
from pipeline.release.folder.folders import RELEASES
from pipeline.release.folder.manifest import MANIFEST, Manifest, facts_of, read_manifest
from pipeline.release.inspection import graph_iris
from pipeline.release.switch import switch_to
from pipeline.spark.session import spark_session
from pipeline.spark.storage import Storage, not_usable, spark_faults

CATALOGUE, FINDINGS, LEDGER_TABLE, ROWS_FOLDER = "catalogue", "findings", "ledger", "rows"
_PIECE = 1 << 24
_LOAD_LINES = 500_000


@dataclass(frozen=True, slots=True)
class PartsRelease:
    """A release in parts: the name of its folder, and its manifest."""

    folder: str
    manifest: Manifest


def releases_in_parts(storage: Storage) -> list[PartsRelease]:
    """Return the complete releases at an address, the newest first."""
    complete = []
    with TemporaryDirectory() as scratch:
        for number, name in enumerate(storage.folders()):
            if storage.exists(name, MANIFEST):
                copy = Path(scratch) / str(number)
                copy.mkdir()
                storage.download(copy / MANIFEST, name, MANIFEST)
                try:
                    complete.append(PartsRelease(name, read_manifest(copy)))
                except ValueError as error:
                    raise EnvironmentFault(f"{storage.at(name, MANIFEST)} is damaged.") from error
    return sorted(complete, key=lambda one: (one.manifest.number, one.manifest.created, one.folder))[::-1]


def fetch(session: SparkSession, storage: Storage, release: PartsRelease, output: Path) -> Path:
    """Make a release in parts the current one of a folder of this machine, for those who read its store and ledger.

    Raises EnvironmentFault where a part is missing or damaged.
    """
    here = output / RELEASES / release.manifest.release
    here.mkdir(parents=True)
    storage.download(here / HISTORY, release.folder, HISTORY)
    table = session.read.parquet(storage.at(release.folder, LEDGER_TABLE)).select(*COLUMNS).orderBy("slug")
    with (here / LEDGER).open("w", encoding="utf-8", newline="") as ledger:
        ledger.writelines(ledger_lines(LedgerEntry(*row) for row in table.toLocalIterator()))
    with (here / ROWS).open("wb") as rows:
        for part in parts_of(storage, here, release.folder, ROWS_FOLDER):
            rows.write(part.read_bytes())
    graphs = graph_iris(Deployment(release.manifest.base_iri))
    with StoreWriter(here / "store", graphs, _LOAD_LINES) as store:
        for graph in graphs:
            for part in parts_of(storage, here, release.folder, graph):
                for lines in pieces_of(part):
                    store.add(graph, lines)
    demand_counts(count_quads(open_stored(here / "store"), graphs), release.manifest.counts["graphs"])
    files = {name: facts_of(here / name) for name in (HISTORY, LEDGER, ROWS)}
    replace(release.manifest, files=files).write(here)
    switch_to(output, here)
    return here


def parts_of(storage: Storage, here: Path, *names: str) -> Iterator[Path]:
    """Yield the parts of a folder in their order; each is deleted after it was read."""
    folder = storage.download(here / f"{names[-1]}-parts", *names)
    for part in sorted(folder.glob("part-*")):
        yield part
        part.unlink()


def pieces_of(part: Path) -> Iterator[bytes]:
    """Yield the text of a part in pieces that end with a line."""
    try:
        with gzip.open(part) as lines:
            while piece := lines.readlines(_PIECE):
                yield b"".join(piece)
    except (OSError, EOFError) as error:
        raise EnvironmentFault(
            f"{part.name} of the newest release is damaged ({error}). Restore it, or remove the release: the one "
            "before is used then."
        ) from error


@contextmanager
def fetch_parts(master: str, address: str) -> Iterator[Path]:
    """Yield the current release at an address as a folder of this machine, which has manifest, store and ledger."""
    with (
        spark_session(master) as session,
        spark_faults(session, not_usable(address)),
        TemporaryDirectory() as scratch,
    ):
        storage = Storage(session, address)
        known = releases_in_parts(storage)
        if not known:
            raise UsageError(f"{address} holds no release; build one with “practicegraph build”.")
        yield fetch(session, storage, known[0], Path(scratch))
