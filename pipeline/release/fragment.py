"""Fragments: the share of a release that some practices make, to be merged with that of others."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.model.practice import Practice
from pipeline.release.contents.index_writer import IndexRows
from pipeline.release.contents.line_sorting import Block, blocks_of
from pipeline.release.dataset.coverage import Coverage


@dataclass(slots=True)
class ReleaseFragment:
    """What some practices add to a release: blocks of lines for two graphs, rows of the index, and what they cover."""

    practices: list[Block] = field(default_factory=list)
    provenance: list[Block] = field(default_factory=list)
    index: IndexRows = field(default_factory=IndexRows)
    coverage: Coverage = field(default_factory=Coverage)
    count: int = 0
    _places: set[str] = field(default_factory=set)

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
        self.practices += blocks_of(lines)
        for text in places:
            if text not in self._places:
                self._places.add(text)
                self.practices += blocks_of(text)
        self.provenance += blocks_of(provenance)
        self.index.add(practice, codes)
        self.coverage.add(practice)
        self.count += 1
