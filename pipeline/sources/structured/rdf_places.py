"""Places in an RDF file: of subjects and of their values, by line where that is known, else by pointer."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.model.finding import Place
from pipeline.model.rows import Spots
from pipeline.sources.structured.positions import NOWHERE, LineIndex, Offsets
from pipeline.sources.structured.rdf_practice import Told


class SubjectPlaces:
    """The places in one file; ``pointers`` is subject → JSON Pointer, where there are no lines."""

    def __init__(
        self,
        name: str,
        lines: LineIndex | None = None,
        offsets: Offsets | None = None,
        pointers: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._lines = lines
        self._is_exact = offsets is not None and offsets.is_exact
        self._starts = offsets.starts if offsets is not None else {}
        self._pointers = pointers or {}

    def of_subject(self, subject: str, start: int, otherwise: str) -> Place:
        """Return where a subject is described, given the offset that the parser's order tells."""
        if self._lines is not None and self._is_exact and start != NOWHERE:
            line, character = self._lines.spot(start)
            return Place(self.name, line=line, character=character, record_line=line)
        if self._lines is not None and subject in self._starts:
            return Place(self.name, line=self._lines.spot(self._starts[subject]).line)
        return Place(self.name, pointer=self._pointers.get(subject, otherwise))

    def of_value(self, record: Place, at: int) -> Place:
        """Return where a value of a record stands; the record's place where no more is known."""
        if self._lines is None or not self._is_exact or at == NOWHERE:
            return record
        line, character = self._lines.spot(at)
        return replace(record, line=line, character=character)

    def spots(self, texts: Mapping[str, Told]) -> dict[str, Spots]:
        """Return where the values of each field are, of those where that is known."""
        if self._lines is None or not self._is_exact:
            return {}
        lines = self._lines
        return {
            field: {part: lines.spot(at) for part, at in (("", each.at), *each.several)}
            for field, each in texts.items()
            if each.at != NOWHERE
        }
