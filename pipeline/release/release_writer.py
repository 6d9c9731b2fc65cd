"""The release writer: practices in, a published release out, or nothing at all."""

import heapq
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from functools import reduce
from hashlib import sha256
from io import StringIO
from operator import itemgetter
from pathlib import Path
from typing import Self

from pipeline.model.errors import DataRefused
from pipeline.rdf import vocabulary
from pipeline.rdf.iris import Deployment
from pipeline.release.contents.catalogue_file import CATALOGUE, write_catalogue
from pipeline.release.contents.class_profiles import PROFILE, Profiles
from pipeline.release.contents.disjoint_graphs import side_by_side
from pipeline.release.contents.facet_labels import labels_of
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.gzip_files import open_gzip, open_gzip_text
from pipeline.release.contents.index_writer import IndexWriter
from pipeline.release.contents.line_sorting import Block, SortedRuns, blocks_of, run_of, union
from pipeline.release.contents.nodes import Node, Vocabulary, read_nodes
from pipeline.release.contents.rendered_nodes import NodeRenderer, RenderedNode, renderer_of
from pipeline.release.contents.search_phrases import search_phrases
from pipeline.release.contents.store_loader import (
    GraphWriter,
    StoreWriter,
    count_quads,
    demand_counts,
    open_stored,
    types_in,
)
from pipeline.release.dataset.coverage import Coverage
from pipeline.release.dataset.dataset_description import DescribedRelease, as_turtle, describe_release
from pipeline.release.fingerprint import fingerprint, same_release
from pipeline.release.folder import folders
from pipeline.release.folder.build_facts import PublishedRelease, ReleaseFacts, ReleaseSettings
from pipeline.release.folder.file_states import remember_states
from pipeline.release.folder.manifest import FORMAT, Manifest, facts_of, file_facts, read_manifest
from pipeline.release.folder.write_faults import translate_os_errors
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.inspection import graph_iris
from pipeline.release.switch import pinned_name, prune, switch_to

PENDING_RUN = "<urn:practicegraph:run>"
"""Stands in provenance lines for the run that is going on: its IRI needs the version, known at the end."""

INDEX = "index.sqlite"
VOCABULARY = "vocabulary.nt"
_ROWS = "rows.jsonl.gz"


DUMPS = ("dataset.nt.gz", "dataset.ttl.gz", "dataset.jsonld.gz")


class ReleaseWriter:
    """Takes fragments in any order, then ``seal`` and ``finish``; what is not finished leaves no trace."""

    def __init__(self, output: Path, base_iri: str, settings: ReleaseSettings | None = None) -> None:
        self._output = output
        self._deployment = Deployment(base_iri)
        self._renderer = renderer_of(self._deployment.base)
        self._settings = settings or ReleaseSettings()
        self._practices = 0
        self._quads: dict[str, int] = {}
        self._coverage = Coverage()
        self._profiles = Profiles()
        self._statistics = Statistics()
        self._shared: dict[str, set[bytes]] = {}

    def __enter__(self) -> Self:
        with translate_os_errors(self._output):
            self._folder, self._mark = folders.new_building_folder(self._output)
            self._nodes = SortedRuns(self._folder / "practices.runs", join=_refuse_twice)
            self._provenance = SortedRuns(self._folder / "provenance.runs")
            self._index = IndexWriter(self._folder / INDEX, self._folder / "gathered.sqlite")
            self._open_files = ExitStack()
            rows = open_gzip_text(self._folder / _ROWS, self._settings.gzip_level)
            self._rows = self._open_files.enter_context(rows)
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()
        self._nodes.close()
        self._provenance.close()
        with suppress(OSError):  # what a full disk did not take is not needed any more
            self._open_files.close()
        os.close(self._mark)
        shutil.rmtree(self._folder, ignore_errors=True)

    def merge(self, fragment: ReleaseFragment) -> None:
        """Add what some practices make of the release."""
        with translate_os_errors(self._output):
            self._nodes.add(fragment.nodes)
            self._provenance.add(fragment.provenance)
            self._index.add(fragment.index)
        for subject, blocks in fragment.shared.items():
            self._shared.setdefault(subject, set()).update(blocks)
        self._practices += fragment.count
        self._coverage.merge(fragment.coverage)
        self._statistics.merge(fragment.statistics)
        self._profiles.merge(fragment.profiles)

    def add_rows(self, lines: Iterable[str]) -> None:
        """Add lines that keep the rows of published practices."""
        with translate_os_errors(self._output):
            self._rows.writelines(lines)

    def add_finding(self, code: str, slugs: Iterable[str]) -> None:
        """Add a finding on practices that only all practices together show."""
        self._index.add_finding(code, slugs)

    def seal(self, terms: Vocabulary) -> str:
        """Return the version, a hash of what was added; nothing can be added any more."""
        digest = sha256()
        self._terms = terms
        with translate_os_errors(self._output):
            shared = [(subject, reduce(union, blocks)) for subject, blocks in sorted(self._shared.items())]
            for _, block in self._practice_blocks(shared):
                digest.update(block)
            (self._folder / VOCABULARY).write_text("".join(terms.lines), encoding="utf-8")
            self._index.sort()
        digest.update(f"{terms.version}\n{self._deployment.base}\n".encode())
        self._places = "".join(block.decode() for _, block in shared)
        self._version = digest.hexdigest()[:16]
        return self._version

    def _practice_blocks(self, shared: Iterable[Block]) -> Iterator[Block]:
        """Yield all that is said of practices and places, by subject."""
        own = ((subject, RenderedNode.from_bytes(node).lines) for subject, node in self._nodes.blocks())
        yield from heapq.merge(own, shared, key=itemgetter(0))

    def finish(self, facts: ReleaseFacts) -> PublishedRelease:
        """Write the release and switch to it, unless it is there already or an older one is pinned."""
        with translate_os_errors(self._output):
            self._write_reports(facts)
            print_of_release = fingerprint(self._folder, self._version, facts)
            known = same_release(self._output, print_of_release)
            if known is not None:
                here = folders.current(self._output)
                return PublishedRelease(
                    self._version, known.name, known, changed=False, is_current=known == here
                )
            self._write_contents(facts)
            return self._publish(facts, print_of_release)

    def _write_reports(self, facts: ReleaseFacts) -> None:
        report = json.dumps(facts.report, ensure_ascii=False, indent=1, sort_keys=True)
        (self._folder / "report.json").write_text(report + "\n", encoding="utf-8")
        if facts.report_turtle is not None:
            (self._folder / "report.ttl").write_text(facts.report_turtle, encoding="utf-8")
        with (self._folder / "ledger.csv").open("w", encoding="utf-8", newline="") as ledger:
            ledger.writelines(facts.ledger)
        self._open_files.close()

    def _write_contents(self, facts: ReleaseFacts) -> None:
        """Write store, dumps and index side by side, and the files that describe them."""
        graphs = graph_iris(self._deployment)
        path, lines = self._folder / "store", self._settings.load_lines
        with ThreadPoolExecutor(1) as thread, StoreWriter(path, graphs, lines) as store:
            index = thread.submit(self._write_index, facts)
            store.add("practices", self._places.encode())
            self._write_dumps(facts.provenance, store)
            index.result()
            self._quads = {
                name: store.line_counts[name] for name in ("practices", "vocabulary", "provenance")
            }
            self._write_description(facts, store)
            if facts.history is not None:
                shutil.copyfile(facts.history, self._folder / facts.history.name)
        self._quads["description"] = store.line_counts["description"]
        written = open_stored(path)
        demand_counts(count_quads(written, graphs), self._quads)
        self._write_profile(types_in(written))
        del written
        self._nodes.close()
        self._provenance.close()
        (self._folder / VOCABULARY).unlink()

    def _write_index(self, facts: ReleaseFacts) -> None:
        labels = labels_of(self._terms, self._index.cities)
        write_catalogue(self._index.entries(), labels, self._deployment, self._folder)
        meta = {"version": self._version, "base_iri": self._deployment.base, "created": facts.created}
        phrases = search_phrases(self._terms.lines, self._index.cities)
        base = [self._terms.version, facts.software, sorted(facts.dataset.items())]
        here = folders.current(self._output)
        previous = None if here is None else here / INDEX
        self._index.finish(labels, phrases, facts.gone, meta, base, previous)

    def _write_dumps(self, provenance: Iterable[str], store: StoreWriter) -> None:
        """Write the dumps, and hand all that they and the provenance say to the store."""
        run = self._deployment.run(self._version)
        self._provenance.add(run_of(blocks_of("".join(provenance).replace(PENDING_RUN, run))))
        store.add("vocabulary", "".join(self._terms.lines).encode())
        self._profiles.replace(PENDING_RUN, run)
        write_dumps(self._dump_nodes(run, store), self._folder, self._renderer, self._settings.gzip_level)

    def _dump_nodes(self, run: str, store: StoreWriter) -> Iterator[RenderedNode]:
        """Yield the nodes of the dumps: what practices and vocabulary say, but not the provenance."""
        profiles = Profiles()
        others = self._other_nodes(run, store, profiles)
        before = ""
        for subject, node in heapq.merge(self._own_nodes(store), others, key=itemgetter(0)):
            if subject == before:
                raise DataRefused(f"{subject}is an address of the vocabulary, too. Choose another base IRI.")
            before = subject
            yield node
        self._profiles.merge(profiles)

    def _own_nodes(self, store: StoreWriter) -> Iterator[tuple[str, RenderedNode]]:
        """Yield the nodes of practices, their periods and records."""
        for subject, packed in self._nodes.blocks():
            node = RenderedNode.from_bytes(packed)
            store.add("practices", node.lines)
            yield subject, node

    def _provenance_nodes(self, run: str, store: GraphWriter) -> Iterator[Node]:
        """Yield the nodes of the provenance, without those that have been counted with the practices."""
        counted = self._deployment.record("")[:-1]
        for subject, block in self._provenance.blocks():
            lines = block.replace(PENDING_RUN.encode(), run.encode())
            store.add("provenance", lines)
            if not subject.startswith(counted):
                yield from read_nodes(StringIO(lines.decode(), newline="\n"))

    def _other_nodes(
        self, run: str, store: GraphWriter, profiles: Profiles
    ) -> Iterator[tuple[str, RenderedNode]]:
        """Yield the nodes of places and vocabulary; count them and those of the provenance."""
        graphs = {
            "practices": read_nodes(StringIO(self._places, newline="\n")),
            "vocabulary": read_nodes(self._terms.lines),
            "provenance": self._provenance_nodes(run, store),
        }
        for subject, by_graph in side_by_side(graphs):
            profiles.add(subject, by_graph)
            by_graph.pop("provenance", None)
            pairs = [pair for said in by_graph.values() for pair in said]
            if pairs:
                node = subject, pairs if len(by_graph) == 1 else sorted(pairs)
                self._statistics.add(node)
                yield f"{subject} ", self._renderer.render(node)

    def _write_description(self, facts: ReleaseFacts, store: GraphWriter) -> None:
        described = DescribedRelease(
            deployment=self._deployment,
            version=self._version,
            previous=self._previous_version(),
            terms=self._terms,
            statistics=self._statistics,
            coverage=self._coverage,
            quads=self._quads,
            dumps={
                name: facts_of(path) for name in (*DUMPS, CATALOGUE) if (path := self._folder / name).exists()
            },
            counts=facts.counts,
        )
        said = describe_release(described, vocabulary.dataset_file(), facts.dataset)
        terms = set(self._terms.lines)
        lines = tuple(line for line in said if line not in terms)
        (self._folder / "description.ttl").write_bytes(as_turtle(lines))
        store.add("description", "".join(lines).encode())
        for subject, pairs in read_nodes(lines):
            self._profiles.add(subject, {"description": pairs}, last=True)

    def _write_profile(self, types_of: Callable[[str], tuple[str, ...]]) -> None:
        profile = self._profiles.as_json(types_of)
        text = json.dumps(profile, ensure_ascii=False)
        (self._folder / PROFILE).write_text(text + "\n", encoding="utf-8")

    def _previous_version(self) -> str | None:
        """Return the version before this one, if the release that has it is still there and another."""
        previous = folders.current(self._output)
        if previous is None or previous not in folders.releases(self._output):
            return None
        version = read_manifest(previous).version
        return version if version != self._version else None

    def _publish(self, facts: ReleaseFacts, print_of_release: str) -> PublishedRelease:
        name = folders.free_name(self._output, self._version)
        manifest = self._manifest(facts, print_of_release, name)
        replace(manifest, files=file_facts(self._folder)).write(self._folder)
        return self._switch(name)

    def _manifest(self, facts: ReleaseFacts, print_of_release: str, name: str) -> Manifest:
        """Return the manifest of a release of some name, without its files."""
        known = folders.releases(self._output)
        previous = folders.current(self._output)
        return Manifest(
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
            files={},
        )

    def _counts(self, facts: ReleaseFacts) -> dict[str, object]:
        total = sum(self._quads.values())
        return {
            "practices": self._practices,
            "quads": total,
            "graphs": self._quads,
            "records": dict(facts.counts),
        }

    def _switch(self, name: str) -> PublishedRelease:
        """Give the folder its name and make it current, once all of it is on the disk."""
        folders.sync_tree(self._folder)
        path = self._output.resolve() / folders.RELEASES / name
        self._folder.rename(path)
        folders.sync(path.parent)
        with suppress(OSError):  # without it the server reads all files once more
            remember_states(path)
        is_pinned = pinned_name(self._output) is not None
        if not is_pinned:
            switch_to(self._output, path)
        prune(self._output, self._settings.keep)
        return PublishedRelease(self._version, name, path, changed=True, is_current=not is_pinned)


def _refuse_twice(_one: bytes, _other: bytes) -> bytes:
    raise ValueError("a practice was added twice")


def write_dumps(nodes: Iterable[RenderedNode], folder: Path, renderer: NodeRenderer, level: int) -> None:
    """Write the nodes in all three forms, in one pass."""
    with ExitStack() as stack:
        lines, statements, objects = (stack.enter_context(open_gzip(folder / name, level)) for name in DUMPS)
        statements.write(renderer.head().encode())
        context = json.dumps(f"{renderer.base_iri}/context/v1.jsonld")
        objects.write(f'{{"@context":{context},"@graph":['.encode())
        joint = b"\n"
        for node in nodes:
            lines.write(node.lines)
            statements.write(node.turtle)
            objects.write(joint + node.jsonld)
            joint = b",\n"
        objects.write(b"\n]}\n")
