"""Fragments: the share of a release that some practices make, to be merged with that of others."""

from collections.abc import Iterable
from copy import copy
from hashlib import blake2b
from io import StringIO

from pipeline.model.practice import Practice
from pipeline.rdf.iris import Deployment
from pipeline.release.contents.class_profiles import Profiles
from pipeline.release.contents.disjoint_graphs import refuse_shared
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.index_writer import IndexRows
from pipeline.release.contents.line_sorting import Block, blocks_of, run_of
from pipeline.release.contents.nodes import Pair, read_nodes
from pipeline.release.contents.rendered_nodes import renderer_of
from pipeline.release.dataset.coverage import Coverage


class ReleaseFragment:
    """What some practices add to a release.

    ``nodes`` and ``provenance`` are sorted runs (see line_sorting) once the fragment is sealed: of the practices, their
    periods and records, each rendered for the dumps; and of the lines of the provenance graph. ``shared`` is said of
    places, which other practices name, too. ``index`` holds rows of the index; the others are counts.
    """

    def __init__(self, base_iri: str) -> None:
        self._deployment = Deployment(base_iri)
        self._nodes: list[tuple[str, bytes, bytes]] = []
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
        sources = list(blocks_of(provenance))
        self._provenance += sources
        origins = {subject: lines for subject, lines in sources if subject in own}
        for subject, block in blocks_of(lines):
            if subject in own:
                self._nodes.append((subject, block, origins.get(subject, b"")))
            else:
                self.shared.setdefault(subject, set()).add(block)
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
        self.nodes, self._nodes = run_of(map(self._rendered, sorted(self._nodes))), []
        self.provenance, self._provenance = run_of(self._provenance), []

    def without_contents(self) -> "ReleaseFragment":
        """Return what is small of it: the counts and the places, without statements and entries of practices."""
        small = copy(self)
        small.nodes = small.provenance = b""
        small.index = IndexRows(languages=self.index.languages, cities=self.index.cities)
        return small

    def _rendered(self, node: tuple[str, bytes, bytes]) -> Block:
        """Count a node, and return it as the dumps have it."""
        subject, said, origins = node
        pairs, sources = _pairs(said), _pairs(origins)
        refuse_shared(subject[:-1], "practices", pairs, "provenance", sources)
        self.profiles.add(subject[:-1], {"practices": pairs} | ({"provenance": sources} if sources else {}))
        self.statistics.add((subject[:-1], pairs))
        return subject, renderer_of(self._deployment.base).render((subject[:-1], pairs)).packed()


def _pairs(block: bytes) -> list[Pair]:
    return next((pairs for _, pairs in read_nodes(StringIO(block.decode(), newline="\n"))), [])
