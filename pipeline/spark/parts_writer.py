"""The writer of a release in parts: what batches have made of it is sorted and written by the executors."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from pyspark import RDD
from pyspark.sql import DataFrame, Observation, Row, SparkSession
from pyspark.sql import functions as sql

from pipeline.model.errors import DataRefused
from pipeline.records.previous_release import LEDGER, ROWS
from pipeline.release.contents.catalogue_file import catalogue_row, columns_and_metadata
from pipeline.release.contents.class_profiles import Profiles
from pipeline.release.contents.facet_labels import labels_of
from pipeline.release.contents.index_writer import unpacked_entry
from pipeline.release.contents.line_sorting import Block, blocks_of, run_of
from pipeline.release.contents.store_loader import demand_counts
from pipeline.release.fingerprint import fingerprint
from pipeline.release.folder import folders
from pipeline.release.folder.build_facts import PublishedRelease, ReleaseFacts, ReleaseSettings
from pipeline.release.folder.build_lock import BuildLock
from pipeline.release.folder.manifest import Manifest, read_manifest
from pipeline.release.folder.write_faults import translate_os_errors
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter
from pipeline.spark.parts_release import CATALOGUE, FINDINGS, LEDGER_TABLE, ROWS_FOLDER, parts_of, pieces_of
from pipeline.spark.stage import AFTER_ALL, BLOCK, Stage
from pipeline.spark.storage import Storage

_FINDING = (
    "number long, severity string, code string, message string, place struct<file: string, sheet: string, row: long, "
    "column: string, value: string, line: long, pointer: string, character: long, record_line: long>, focus string, "
    "path string, suggestion struct<value: string, confidence: double>"
)
_CHUNK = 100_000


class _GraphFiles:
    """The lines of graphs that the driver makes, counted, each in a compressed file."""

    def __init__(self, folder: Path) -> None:
        self.line_counts: Counter[str] = Counter()
        self._folder = folder

    def add(self, graph: str, lines: bytes) -> None:
        """Add lines to a graph."""
        self.line_counts[graph] += lines.count(b"\n")
        (self._folder / graph).mkdir(exist_ok=True)
        with gzip.open(self._folder / graph / "part-00000.txt.gz", "ab") as file:
            file.write(lines)


class PartsWriter(ReleaseWriter):
    """Takes the small part of fragments whose contents are on a stage, and has the executors write these."""

    manifest: Manifest | None = None
    """The manifest of the release, once all but it is written; None if the release is there already."""

    def __init__(
        self,
        session: SparkSession,
        stage: Stage,
        storage: Storage,
        scratch: Path,
        base_iri: str,
        settings: ReleaseSettings,
        assemble: Path | None,
    ) -> None:
        super().__init__(scratch, base_iri, settings)
        self._session = session
        self._stage = stage
        self._storage = storage
        self._assembled = assemble
        self._later_findings: list[tuple[str, tuple[str, ...]]] = []

    def merge(self, fragment: ReleaseFragment) -> None:
        """Add what some practices make of the release; contents that are not on the stage are put there."""
        if fragment.nodes:
            self._stage.add(fragment)
            fragment = fragment.without_contents()
        super().merge(fragment)

    def add_finding(self, code: str, slugs: Iterable[str]) -> None:
        """Add a finding on practices that only all practices together show."""
        self._later_findings.append((code, tuple(slugs)))

    def _practice_blocks(self, shared: Iterable[Block]) -> Iterator[Block]:
        """Have the practices graph sorted and written, and yield it: the version is a hash of all of it."""
        places = list(shared)
        self._refuse_terms({subject for subject, _ in places})
        self._write_lines(self._blocks("practices", places).sort("subject"), "practices")
        self._lines = 0
        for part in parts_of(self._storage, self._folder, "practices"):
            for piece in pieces_of(part):
                self._lines += piece.count(b"\n")
                yield "", piece
        wanted = self._statistics.triples + sum(lines.count(b"\n") for _, lines in places)
        demand_counts({"practices": self._lines}, {"practices": wanted})

    def _refuse_terms(self, taken: set[str]) -> None:
        """Raise DataRefused if a practice or a place may have the address of a term."""
        of = self._deployment
        own = (of.practice("")[:-1], of.record("")[:-1])
        for line in self._terms.lines:
            if line.startswith(own) or line[: line.index(" ") + 1] in taken:
                term = line.partition(" ")[0]
                raise DataRefused(f"{term} is an address of the vocabulary, too. Choose another base IRI.")

    def finish(self, facts: ReleaseFacts) -> PublishedRelease:
        """Write all but the manifest, unless the release is there already; assemble an ordinary one if asked to."""
        facts = replace(facts, provenance=tuple(facts.provenance))
        with translate_os_errors(self._output):
            self._write_reports(facts)
            mark, here = fingerprint(self._folder, self._version, facts), folders.current(self._output)
            changed = here is None or read_manifest(here).fingerprint != mark
            if changed:
                self._write_contents(facts)
                self.manifest = self._manifest(facts, mark, self._version)
            if self._assembled is not None:
                self._assemble(facts, self._assembled)
        return PublishedRelease(
            self._version, self._version, Path(self._storage.address), changed, is_current=True
        )

    def _write_contents(self, facts: ReleaseFacts) -> None:
        run = self._deployment.run(self._version)
        small = _GraphFiles(self._folder)
        self._provenance.add(run_of(blocks_of("".join(facts.provenance).replace(PENDING_RUN, run))))
        small.add("vocabulary", "".join(self._terms.lines).encode())
        for _ in self._other_nodes(run, small, Profiles()):
            pass  # they are only counted
        # The executors sort the lines on runs among the others.
        small.line_counts.pop("provenance", None)
        with ThreadPoolExecutor(2) as threads:
            tables = threads.submit(self._write_tables, facts)
            provenance = self._write_provenance(run)
            tables.result()
        self._quads = {"practices": self._lines, **small.line_counts, "provenance": provenance}
        self._write_description(facts, small)
        self._quads["description"] = small.line_counts["description"]
        for graph in small.line_counts:
            self._storage.upload(next((self._folder / graph).iterdir()), graph)
        if facts.history is not None:
            self._storage.upload(facts.history)

    def _write_provenance(self, run: str) -> int:
        """Have the provenance graph sorted and written; return how many lines it has."""
        blocks = self._blocks("provenance", self._provenance.blocks()).select(
            "subject", sql.replace("lines", sql.lit(PENDING_RUN), sql.lit(run)).alias("lines")
        )
        lines = sql.array_sort(sql.array_distinct(sql.flatten(sql.collect_list(sql.split("lines", "\n")))))
        graph = blocks.repartitionByRange("subject").groupBy("subject").agg(lines.alias("each"))
        counted = Observation()
        graph = graph.sortWithinPartitions("subject").observe(
            counted, sql.sum(sql.size("each")).alias("lines")
        )
        self._write_lines(graph.select(sql.array_join("each", "\n").alias("lines")), "provenance")
        return counted.get["lines"] or 0

    def _write_tables(self, facts: ReleaseFacts) -> None:
        labels, deployment = labels_of(self._terms, self._index.cities), self._deployment
        columns, _ = columns_and_metadata(deployment)

        def cells(rows: Iterable[Row]) -> Iterator[list[str | None]]:
            for row in rows:
                values = catalogue_row(unpacked_entry(row.packed), labels, deployment)
                yield [None if cell is None else str(cell) for cell in values]

        entries = self._stage.items("entries").sort("sort_key", "slug")
        schema = ", ".join(f"`{name}` string" for name in columns)
        catalogue = self._session.createDataFrame(
            entries.rdd.mapPartitions(cells), schema, verifySchema=False
        )
        catalogue.write.parquet(self._storage.at(CATALOGUE))
        numbered = ({"number": number} | finding for number, finding in enumerate(facts.report["findings"]))
        self._write_parquet(FINDINGS, numbered, _FINDING)
        with (self._folder / LEDGER).open(encoding="utf-8", newline="") as ledger:
            entries = csv.DictReader(ledger)
            schema = ", ".join(f"{name} string" for name in entries.fieldnames or ())
            self._write_parquet(LEDGER_TABLE, entries, schema)
        self._write_lines(self._kept_rows(), ROWS_FOLDER)

    def _write_parquet(self, name: str, records: Iterable[dict[str, Any]], schema: str) -> None:
        """Write records as Parquet, as many at a time as the driver may hold."""
        left, mode = iter(records), "error"
        while (chunk := [json.dumps(record) for record in islice(left, _CHUNK)]) or mode == "error":
            table = self._from_json(self._session.sparkContext.parallelize(chunk, 1), schema)
            table.write.mode(mode).parquet(self._storage.at(name))
            mode = "append"

    def _from_json(self, objects: RDD[str], schema: str) -> DataFrame:
        """Return a table of JSON objects; what does not fit the schema ends the build."""
        return self._session.read.schema(schema).option("mode", "FAILFAST").json(objects)

    def _kept_rows(self) -> DataFrame:
        """Return the lines that keep the rows of published practices, in the order of the practices."""
        with gzip.open(self._folder / ROWS, "rt", encoding="utf-8") as file:
            own = [(AFTER_ALL, lines.removesuffix("\n"))] if (lines := file.read()) else []
        table = self._stage.table("number", "rows").where("rows IS NOT NULL")
        of_driver = self._session.createDataFrame(own, "number long, rows string")
        return table.union(of_driver).sort("number").withColumnRenamed("rows", "lines")

    def _blocks(self, column: str, more: Iterable[Block]) -> DataFrame:
        """Return the blocks of a graph from the stage and more of them, without their last line feeds."""
        of_driver = self._session.createDataFrame(
            [(subject, lines[:-1]) for subject, lines in more], BLOCK, verifySchema=False
        )
        return self._stage.items(column).union(of_driver).select("subject", sql.col("lines").cast("string"))

    def _write_lines(self, table: DataFrame, name: str) -> None:
        """Write the column ``lines`` as compressed text in parts, whose names are in the order of the table."""
        table.select("lines").write.option("compression", "gzip").text(self._storage.at(name))

    def _assemble(self, facts: ReleaseFacts, output: Path) -> None:
        """Make an ordinary release of what is on the stage."""
        base, (ledger, rows) = self._deployment.base, (self._folder / LEDGER, self._kept_rows())
        with BuildLock(output), ReleaseWriter(output, base, self._settings) as writer:
            for fragment in self._stage.fragments():
                writer.merge(fragment)
            for code, slugs in self._later_findings:
                writer.add_finding(code, slugs)
            writer.add_rows(f"{row.lines}\n" for row in rows.toLocalIterator())
            writer.seal(self._terms)
            with ledger.open(encoding="utf-8", newline="") as lines:
                writer.finish(replace(facts, ledger=lines))
