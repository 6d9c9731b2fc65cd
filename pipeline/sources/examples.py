"""What all rows of all sources go through: texts are normalised, the template's example row is left out."""

from collections.abc import Iterator, Mapping

from pipeline.model.finding import Finding
from pipeline.model.rows import Row
from pipeline.sources.ditto import DittoMarks
from pipeline.sources.files.reader_findings import finding_of
from pipeline.sources.files.source import LateFindings, Source
from pipeline.sources.normal import normalised
from pipeline.sources.template.template_wording import LANGUAGES, example_titles, wording


class ReadySource:
    """A source whose texts are normalised, without the template's example row; for all else it is that source."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.findings = source.findings
        self.sha256, self.bytes = source.sha256, source.bytes
        self.row_count, self.blank = source.row_count, source.blank
        self._source = source
        self._late = LateFindings(source.name)
        self._shared: set[Finding] = set()

    @property
    def late(self) -> tuple[Finding, ...]:
        """Return the findings that reading the rows brought up."""
        return (*self._source.late, *self._late.all())

    def rows(self) -> Iterator[Row]:
        """Yield the rows, examples left out; one that somebody has changed is left out with a warning."""
        examples = 0
        self._late, self._shared = LateFindings(self.name), set()
        titles, marks = example_titles(), DittoMarks(self._late.add)
        for row in self._source.rows():
            if row.texts.get("title") not in titles:
                yield normalised(marks.filled(row), self._add)
                continue
            if not row.is_further:
                examples += 1
                self._late.add(_left_out(row))
        self.row_count, self.blank = self._source.row_count - examples, self._source.blank
        self.sha256, self.bytes = self._source.sha256, self._source.bytes

    def _add(self, finding: Finding) -> None:
        if finding.place is not None and finding.place.row is None and finding.place.line is None:
            if finding in self._shared:
                return  # it holds for a whole column, and was said
            self._shared.add(finding)
        self._late.add(finding)


def _left_out(row: Row) -> Finding:
    if _is_unchanged(row.texts):
        return finding_of("example-left-out", row.place)
    return finding_of("example-left-out changed", row.place_of("title"), place=row.place)


def _is_unchanged(texts: Mapping[str, str]) -> bool:
    examples = (wording(language).example for language in LANGUAGES)
    return any(dict(texts) == example for example in examples)
