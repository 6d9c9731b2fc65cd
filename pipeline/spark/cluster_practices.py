"""The practices of a cluster: executors put the rows of each together, cut them into batches and give slugs.

A batch is a row of a table, in a folder of its number, so that one task has it whole. Slugs are given by the ledger of
one machine in each part of the practices and of its entries that has nothing to do with the others.
"""

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyspark import RDD
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from pipeline.recognition.identity import joined_texts, keys_of
from pipeline.records.ledger import Ledger, LedgerEntry, new_slugs
from pipeline.records.previous_release import PreviousRelease
from pipeline.spark.cluster_staging import ClusterStaging
from pipeline.spark.connected_rows import apart, relation_number
from pipeline.spark.stage import Stage
from pipeline.steps.convert import PracticeRows, slug_text
from pipeline.steps.local_engine import BATCH_SIZE
from pipeline.steps.practice_rows import Batch
from pipeline.system.data_files import text_of

_BATCHES = (
    "batch long, wishes array<struct<node: long, relations: array<long>, wish: binary>>, practices binary"
)
_WISHES = "node long, batch long, relations array<long>, wish binary"
_SLUGS = "batch long, number long, slug string, before binary"
_BATCH_ROWS = text_of(__package__, "batch_rows.sql")
_PRACTICES_OF_A_PART = 100_000
_BATCHES_OF_A_TASK = 8


class ClusterPractices:
    """The gathered practices of a build, in batches, each with its slug and what the ledger says of it."""

    def __init__(self, session: SparkSession, stage: Stage, previous: PreviousRelease) -> None:
        self._session = session
        self._stage = stage
        self._previous = previous

    def gather(self, staging: ClusterStaging, ledger: Ledger) -> Sequence[int]:
        """Put the practices together and give them slugs; return the numbers of their batches."""
        count = staging.practice_count()
        cores = self._session.sparkContext.defaultParallelism
        has_entries = ledger.latest() != ""
        tasks = max(2 * cores, count // (_BATCHES_OF_A_TASK * BATCH_SIZE))
        rows = self._session.sql(
            _BATCH_ROWS, {"size": BATCH_SIZE}, fates=staging.fate_table, rows=staging.rows
        )
        in_order = rows.repartition(tasks, "batch").sortWithinPartitions("practice", "position", "number")
        batches = in_order.rdd.mapPartitions(partial(_batches, has_entries))
        self._stage.save(
            self._session.createDataFrame(batches, _BATCHES, verifySchema=False), "batches", "batch"
        )
        wishes = self._stage.saved_table("batches").select("batch", sql.explode("wishes").alias("wish"))
        parts = apart(
            self._session,
            wishes.select("wish.node", "batch", "wish.relations", "wish.wish").union(self._entries(ledger)),
            "node",
            max(cores, count // _PRACTICES_OF_A_PART),
            self._stage.save,
        )
        slugs = parts.select("node", "batch", "wish").sortWithinPartitions("node").rdd.mapPartitions(_slugs)
        self._stage.save(self._session.createDataFrame(slugs, _SLUGS, verifySchema=False), "slugs", "batch")
        return self._stage.folders("batches", "batch")

    def _entries(self, ledger: Ledger) -> DataFrame:
        """Return the entries of the last release as nodes beside those of practices."""
        entries = (
            (
                -number,
                None,
                [relation_number(text) for text in (f"slug/{entry.slug}", *entry.keys.split("\n")) if text],
                pickle.dumps(tuple(entry)),
            )
            for number, entry in enumerate(ledger.entries(""), 1)
        )
        return self._session.createDataFrame(list(entries), _WISHES, verifySchema=False)

    def of(self, batches: Sequence[int]) -> RDD[Batch]:
        """Return some batches; those that were published before have their provenance."""
        slugs = self._stage.saved_table("slugs", "batch", batches)
        provenance = {
            row.number: self._previous.provenance_of(row.slug)
            for row in (
                slugs.where("before IS NOT NULL").collect() if self._previous.path is not None else ()
            )
            if LedgerEntry(*pickle.loads(row.before)).run  # noqa: S301 — this build wrote it
        }
        given = slugs.groupBy("batch").agg(
            sql.collect_list(sql.struct("number", "slug", "before")).alias("slugs")
        )
        practices = self._stage.saved_table("batches", "batch", batches).select("batch", "practices")
        table = practices.join(sql.broadcast(given), "batch").select("practices", "slugs")
        return table.rdd.map(partial(_batch, provenance))


def _batches(has_entries: bool, rows: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield each batch of rows: what its practices want of the ledger, and the practices without slugs."""
    for batch, of_batch in groupby(rows, attrgetter("batch")):
        wishes, practices = [], []
        for number, of_practice in groupby(of_batch, attrgetter("practice")):
            contents = tuple(pickle.loads(row.content) for row in of_practice)  # noqa: S301 — this build wrote them
            keys, wanted = joined_texts([keys_of(row) for row in contents]), slug_text(contents)
            relations = [f"slug/{slug}" for slug in new_slugs(keys, wanted)]
            relations += keys if has_entries else ()
            wishes.append((number, list(map(relation_number, relations)), pickle.dumps((keys, wanted))))
            practices.append((number, keys, contents))
        yield batch, wishes, pickle.dumps(practices)


def _slugs(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the slugs of practices, in their order, and what the ledger says of those that were published before."""
    with TemporaryDirectory() as folder, closing(Ledger(Path(folder) / "ledger.sqlite")) as ledger:
        for row in rows:
            wish = pickle.loads(row.wish)  # noqa: S301 — this build wrote it
            if row.batch is None:
                ledger.add(LedgerEntry(*wish))
            else:
                slug = ledger.claim(*wish)
                before = ledger.published_entry(slug)
                yield row.batch, row.node, slug, None if before is None else pickle.dumps(tuple(before))


def _batch(provenance: Mapping[int, str], row: Any) -> Batch:
    known = {each.number: each for each in row.slugs}
    practices = []
    for number, keys, rows in pickle.loads(row.practices):  # noqa: S301 — this build wrote it
        before = known[number].before
        entry = LedgerEntry(*pickle.loads(before)) if before is not None else None  # noqa: S301 — this build wrote it
        slug = known[number].slug
        practices.append(PracticeRows(number, slug, keys, rows, entry, provenance.get(number, "")))
    return tuple(practices)
