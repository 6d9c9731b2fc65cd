"""Fragments: the share of a release that some practices make, to be merged with that of others."""

from collections.abc import Iterable
from copy import copy
from hashlib import blake2b

from pipeline.model.practice import Practice
from pipeline.rdf.iris import Deployment
from pipeline.release.contents.class_profiles import Profiles
from pipeline.release.contents.disjoint_graphs import refuse_shared
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.index_writer import IndexRows
from pipeline.release.contents.line_sorting import (
    Block,
    block_of,
    blocks_of,
    lines_by_subject,
    run_of,
)
from pipeline.release.contents.nodes import pairs_of
from pipeline.release.contents.rendered_nodes import renderer_of
from pipeline.release.dataset.coverage import Coverage

_NodeLines = tuple[str, list[str], list[str]]
"""A subject term with the space after it, the lines of the practices graph on it, and those of the provenance."""


class ReleaseFragment:
    """What some practices add to a release.

    ``nodes`` and ``provenance`` are sorted runs (see line_sorting) once the fragment is sealed: of the practices, their
    periods and records, each rendered for the dumps; and of the lines of the provenance graph. ``shared`` is said of
    places, which other practices name, too. ``index`` holds rows of the index; the others are counts.
    """

    def __init__(self, base_iri: str) -> None:
        self._deployment = Deployment(base_iri)
        self._nodes: list[_NodeLines] = []
        self._provenance: list[Block] = []
        self.nodes = self.provenance = b""
        self.shared: dict[str, set[bytes]] = {}
        self.index = IndexRows()
        self.coverage = Coverage()
        self.statistics = Statistics()
        self.profiles = Profiles()
        self.count = 0

    def add(
        self,
        practice: Practice,
        lines: str,
        places: Iterable[str] = (),
        provenance: str = "",
        codes: Iterable[str] = (),
    ) -> None:
        """Add a practice with its lines of the practices graph, those on its places, and its provenance.

        ``codes`` are those of the findings on it.
        """
        of = self._deployment
        own = {
            f"{term} "
            for term in (of.practice(practice.slug), of.period(practice.slug), of.record(practice.slug))
        }
        sources = dict(lines_by_subject(provenance))
        self._provenance += ((subject, block_of(said)) for subject, said in sources.items())
        for subject, said in lines_by_subject(lines):
            if subject in own:
                self._nodes.append((subject, said, sources.get(subject, [])))
            else:
                self.shared.setdefault(subject, set()).add(block_of(said))
        digest = blake2b(lines.encode(), digest_size=16)
        for text in places:
            digest.update(text.encode())
            for subject, block in blocks_of(text):
                self.shared.setdefault(subject, set()).add(block)
        self.index.add(practice, digest.digest(), codes)
        self.coverage.add(practice)
        self.count += 1

    def seal(self) -> None:
        """Sort and count what was added; nothing can be added any more."""
        self.nodes, self._nodes = run_of(map(self._render, sorted(self._nodes))), []
        self.provenance, self._provenance = run_of(self._provenance), []

    def without_contents(self) -> "ReleaseFragment":
        """Return what is small of it: the counts and the places, without statements and entries of practices."""
        small = copy(self)
        small.nodes = small.provenance = b""
        small.index = IndexRows(languages=self.index.languages, cities=self.index.cities)
        return small

    def _render(self, node: _NodeLines) -> Block:
        """Count a node, and return it as the dumps have it."""
        subject, said, origins = node
        pairs, sources = pairs_of(said), pairs_of(origins)
        refuse_shared(subject[:-1], "practices", pairs, "provenance", sources)
        self.profiles.add(subject[:-1], {"practices": pairs} | ({"provenance": sources} if sources else {}))
        self.statistics.add((subject[:-1], pairs))
        return subject, renderer_of(self._deployment.base).render((subject[:-1], pairs)).to_bytes()
