"""The release writer: practices in, a published release out, or nothing at all."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.model.practice import Practice
from pipeline.rdf import vocabulary
from pipeline.rdf.iris import Deployment
from pipeline.release.contents.catalogue_file import CATALOGUE, write_catalogue
from pipeline.release.contents.class_profiles import PROFILE, Profiles
from pipeline.release.contents.compressed import compressed_text
from pipeline.release.contents.disjoint_graphs import side_by_side
from pipeline.release.contents.dump_writer import NAMES, write_dumps
from pipeline.release.contents.facet_labels import labels_of
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.index_writer import IndexWriter
from pipeline.release.contents.line_sorting import BlockSorter, blocks_of
from pipeline.release.contents.nodes import Node, Vocabulary, read_nodes
from pipeline.release.contents.search_phrases import search_phrases
from pipeline.release.contents.store_loader import count_quads, demand_counts, types_in, write_store
from pipeline.release.dataset.coverage import Coverage
from pipeline.release.dataset.dataset_description import DescribedRelease, as_turtle, describe_release
from pipeline.release.folder import folders
from pipeline.release.folder.build_facts import Published, ReleaseFacts, ReleaseSettings
from pipeline.release.folder.manifest import FORMAT, Manifest, facts_of, file_facts, read_manifest
from pipeline.release.folder.write_faults import translate_os_errors
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.inspection import graph_iris
from pipeline.release.switch import pinned, prune, switch_to
from pipeline.release.unchanged import fingerprint, same_release

PENDING_RUN = "<urn:practicegraph:run>"
"""Stands in provenance lines for the run that is going on: its IRI needs the version, known at the end."""

INDEX = "index.sqlite"
_ROWS = "rows.jsonl.gz"


class ReleaseWriter:
    """Takes practices in any order, then ``seal`` and ``finish``; what is not finished leaves no trace."""

    def __init__(self, output: Path, base_iri: str, settings: ReleaseSettings | None = None) -> None:
        self._output = output
        self._deployment = Deployment(base_iri)
        self._settings = settings or ReleaseSettings()
        self._practices = 0
        self._quads: dict[str, int] = {}
        self._coverage = Coverage()
        self._profiles = Profiles()

    def __enter__(self) -> Self:
        with translate_os_errors(self._output):
            self._folder, self._mark = folders.new_building_folder(self._output)
            limit = self._settings.sort_bytes
            self._lines = BlockSorter(self._folder, "practices", limit)
            self._provenance = BlockSorter(self._folder, "provenance", limit // 4)
            self._index = IndexWriter(self._folder / INDEX, self._folder / "gathered.sqlite")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._index.close()
        os.close(self._mark)
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, practice: Practice, lines: str, provenance: str = "", codes: Iterable[str] = ()) -> None:
        """Add a practice by itself: see ReleaseFragment."""
        fragment = ReleaseFragment()
        fragment.add(practice, lines, (), provenance, codes)
        self.merge(fragment)

    def merge(self, fragment: ReleaseFragment) -> None:
        """Add what some practices make of the release."""
        with translate_os_errors(self._output):
            self._lines.add(fragment.practices)
            self._provenance.add(fragment.provenance)
            self._index.add(fragment.index)
        self._practices += fragment.count
        self._coverage.merge(fragment.coverage)

    def seal(self, terms: Vocabulary) -> str:
        """Sort what was added and return the version; nothing can be added any more."""
        digest = sha256()
        count = 0
        with translate_os_errors(self._output):
            with self._nt("practices").open("wb") as file:
                for _, block in self._lines.blocks():
                    file.write(block)
                    digest.update(block)
                    count += block.count(b"\n")
            self._lines.clear()
            self._nt("vocabulary").write_text("".join(terms.lines), encoding="utf-8")
            self._index.sort()
        digest.update(f"{terms.version}\n{self._deployment.base}\n".encode())
        self._quads = {"practices": count, "vocabulary": len(terms.lines)}
        self._terms = terms
        self._version = digest.hexdigest()[:16]
        return self._version

    def finish(self, facts: ReleaseFacts) -> Published:
        """Write the release and switch to it, unless it is there already or an older one is pinned."""
        with translate_os_errors(self._output):
            self._write_reports(facts)
            print_of_release = fingerprint(self._folder, self._version, facts)
            known = same_release(self._output, print_of_release)
            if known is not None:
                here = folders.current(self._output)
                return Published(self._version, known.name, known, changed=False, is_current=known == here)
            self._write_contents(facts)
            return self._publish(facts, print_of_release)

    def _nt(self, graph: str) -> Path:
        return self._folder / f"{graph}.nt"

    def _write_reports(self, facts: ReleaseFacts) -> None:
        report = json.dumps(facts.report, ensure_ascii=False, indent=1, sort_keys=True)
        (self._folder / "report.json").write_text(report + "\n", encoding="utf-8")
        if facts.report_turtle is not None:
            (self._folder / "report.ttl").write_text(facts.report_turtle, encoding="utf-8")
        with (self._folder / "ledger.csv").open("w", encoding="utf-8", newline="") as ledger:
            ledger.writelines(facts.ledger)
        with compressed_text(self._folder / _ROWS, self._settings.gzip_level) as rows:
            rows.writelines(facts.rows)

    def _write_contents(self, facts: ReleaseFacts) -> None:
        self._write_provenance(facts.provenance)
        statistics = self._write_dumps()
        labels = labels_of(self._terms, self._index.cities)
        write_catalogue(self._index.entries(), labels, self._deployment, self._folder)
        meta = {"version": self._version, "base_iri": self._deployment.base, "created": facts.created}
        phrases = search_phrases(self._terms.lines, self._index.cities)
        base = [self._terms.version, facts.software, sorted(facts.dataset.items())]
        here = folders.current(self._output)
        previous = None if here is None else here / INDEX
        self._index.finish(labels, phrases, facts.gone, meta, base, previous)
        self._write_description(facts, statistics)
        if facts.history is not None:
            shutil.copyfile(facts.history, self._folder / facts.history.name)
        graphs = graph_iris(self._deployment)
        files = {iri: self._nt(name) for name, iri in graphs.items()}
        write_store(self._folder / "store", files, self._settings.load_lines)
        demand_counts(count_quads(self._folder / "store", graphs), self._quads)
        self._write_profile()
        for path in files.values():
            path.unlink()

    def _write_provenance(self, lines: Iterable[str]) -> None:
        run = self._deployment.run(self._version)
        self._provenance.add(blocks_of("".join(lines).replace(PENDING_RUN, run)))
        count = 0
        with self._nt("provenance").open("wb") as file:
            for _, block in self._provenance.blocks():
                file.write(block.replace(PENDING_RUN.encode(), run.encode()))
                count += block.count(b"\n")
        self._provenance.clear()
        self._quads["provenance"] = count

    def _write_dumps(self) -> Statistics:
        return write_dumps(
            self._dumped(),
            self._folder,
            base_iri=self._deployment.base,
            context=vocabulary.context()["@context"],
            prefixes=vocabulary.prefixes(),
            level=self._settings.gzip_level,
        )

    def _dumped(self) -> Iterator[Node]:
        """Yield the nodes of the dumps: what practices and vocabulary say, but not the provenance."""
        graphs = {name: _nodes(self._nt(name)) for name in ("practices", "vocabulary", "provenance")}
        for subject, by_graph in side_by_side(graphs):
            self._profiles.add(subject, by_graph)
            by_graph.pop("provenance", None)
            pairs = [pair for said in by_graph.values() for pair in said]
            if pairs:
                yield subject, pairs if len(by_graph) == 1 else sorted(pairs)

    def _write_description(self, facts: ReleaseFacts, statistics: Statistics) -> None:
        described = DescribedRelease(
            deployment=self._deployment,
            version=self._version,
            previous=self._previous_version(),
            terms=self._terms,
            statistics=statistics,
            coverage=self._coverage,
            quads=self._quads,
            dumps={name: facts_of(self._folder / name) for name in (*NAMES, CATALOGUE)},
            counts=facts.counts,
        )
        said = describe_release(described, vocabulary.dataset_file(), facts.dataset)
        lines = tuple(line for line in said if line not in set(self._terms.lines))
        (self._folder / "description.ttl").write_bytes(as_turtle(lines))
        self._nt("description").write_text("".join(lines), encoding="utf-8")
        self._quads["description"] = len(lines)
        for subject, pairs in read_nodes(lines):
            self._profiles.add(subject, {"description": pairs})

    def _write_profile(self) -> None:
        profile = self._profiles.as_json(types_in(self._folder / "store"))
        text = json.dumps(profile, ensure_ascii=False)
        (self._folder / PROFILE).write_text(text + "\n", encoding="utf-8")

    def _previous_version(self) -> str | None:
        """Return the version before this one, if the release that has it is still there and another."""
        previous = folders.current(self._output)
        if previous is None or previous not in folders.releases(self._output):
            return None
        version = read_manifest(previous).version
        return version if version != self._version else None

    def _publish(self, facts: ReleaseFacts, print_of_release: str) -> Published:
        name = folders.free_name(self._output, self._version)
        known = folders.releases(self._output)
        previous = folders.current(self._output)
        manifest = Manifest(
            format=FORMAT,
            version=self._version,
            release=name,
            number=read_manifest(known[0]).number + 1 if known else 1,
            base_iri=self._deployment.base,
            software=facts.software,
            vocabulary_version=self._terms.version,
            created=facts.created,
            previous=previous.name if previous else None,
            fingerprint=print_of_release,
            inputs=[asdict(source) for source in facts.sources],
            counts=self._counts(facts),
            files=file_facts(self._folder),
        )
        manifest.write(self._folder)
        return self._switch(name)

    def _counts(self, facts: ReleaseFacts) -> dict[str, object]:
        total = sum(self._quads.values())
        return {
            "practices": self._practices,
            "quads": total,
            "graphs": self._quads,
            "records": dict(facts.counts),
        }

    def _switch(self, name: str) -> Published:
        """Give the folder its name and make it current, once all of it is on the disk."""
        folders.sync_tree(self._folder)
        path = self._output.resolve() / folders.RELEASES / name
        self._folder.rename(path)
        folders.sync(path.parent)
        is_pinned = pinned(self._output) is not None
        if not is_pinned:
            switch_to(self._output, path)
        prune(self._output, self._settings.keep)
        return Published(self._version, name, path, changed=True, is_current=not is_pinned)


def _nodes(path: Path) -> Iterator[Node]:
    with path.open(encoding="utf-8", newline="\n", buffering=1 << 20) as file:
        yield from read_nodes(file)
