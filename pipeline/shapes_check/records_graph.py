"""Records as a graph: tables, JSON and pages described as a build would, each triple traced to its cell."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from pipeline.description.describe import describe_countries
from pipeline.findings.header_findings import ABSENCES
from pipeline.findings.messages import say
from pipeline.model.finding import Finding, Severity
from pipeline.model.practice import Practice, Understood
from pipeline.model.shacl_result import ShaclResult
from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import DEFAULT_BASE, Deployment
from pipeline.recognition.notes import practice_name
from pipeline.records.workspace import Spool, Workspace
from pipeline.shapes_check.graph_positions import RecordCell
from pipeline.steps.convert import Conversion, convert, place_lines
from pipeline.steps.practice_rows import gathered_practices
from pipeline.steps.prepare import prepare
from pipeline.steps.verdict import cell_of
from pipeline.system.clock import current_time, timestamp
from pipeline.system.progress import Progress


class RecordsGraph:
    """Records from files of any kind, as triples; ``cell_of`` finds the cell that a result on them speaks of.

    ``findings`` are those of reading, ``remarks`` those on the cells. What is made of a cell is for the shapes to
    judge here: what withholds a record in a build is a warning, and what is not stated is nothing to be told.
    """

    def __init__(self, workspace: Workspace, progress: Progress) -> None:
        self.findings: tuple[Finding, ...] = ()
        self._workspace = workspace
        self._progress = progress
        self._deployment = Deployment(DEFAULT_BASE)
        self._conversion = Conversion(self._deployment, TextPolicy.FULL, timestamp(current_time()))
        self._practices: Spool[tuple[int, Practice]] = workspace.spool("practices")
        self._numbers: dict[str, int] = {}

    def read(self, files: Sequence[tuple[Path, str]], corrections: Path | None) -> None:
        """Read files, each with the name that places call it; raise SourceError for one that cannot be read."""
        prepare(files, self._workspace, self._progress, corrections)
        for finding in self._workspace.headers.findings():
            self._workspace.journal.add(finding)
        self.findings = tuple(self._workspace.journal)

    def triples(self) -> Iterator[Quad]:
        """Yield what the practices graph of a build would say of the records, with their places and countries."""
        countries: set[str] = set()
        total = self._workspace.staging.practice_count()
        for given in self._progress.track(
            gathered_practices(self._workspace), say("Interpreting the rows"), total
        ):
            converted = convert(given, self._conversion)
            number, practice = given.number, converted.practice
            for finding in converted.findings:
                if finding.code not in ABSENCES:
                    self._workspace.journal.add(_lower_severity(finding))
            self._practices.append((number, practice))
            countries.update(practice.countries)
            for triple in _parse_lines("".join((converted.judged, *place_lines(practice, self._deployment)))):
                self._numbers.setdefault(str(triple.subject), number)
                yield triple
        yield from _parse_lines(describe_countries(countries))

    def remarks(self) -> Iterator[Finding]:
        """Yield what was found on the cells while they were described."""
        return islice(self._workspace.journal, len(self.findings), None)

    def cell_of(self, result: ShaclResult) -> RecordCell | None:
        """Return the cell that a result is about, None if its focus node is not in a record."""
        number = self._numbers.get(result.focus)
        if number is None:
            return None
        rows = self._workspace.staging.rows_of(number)
        place = cell_of(result, rows, self._deployment, self._conversion.latest_year)
        return RecordCell(place, practice_name(rows))

    def show(self, results: Sequence[ShaclResult], seen: Callable[[Understood], None]) -> None:
        """Show how each record was understood, withheld where a result on it is a violation."""
        withheld = {
            self._numbers.get(each.focus) for each in results if each.severity not in ("Warning", "Info")
        }
        staging = self._workspace.staging
        for number, practice in self._practices:
            seen(Understood(practice, staging.rows_of(number), number in withheld, staging.row_at))


def _lower_severity(finding: Finding) -> Finding:
    is_severe = finding.severity is Severity.VIOLATION
    return replace(finding, severity=Severity.WARNING) if is_severe else finding


def _parse_lines(lines: str) -> Iterator[Quad]:
    return parse(lines, format=RdfFormat.N_TRIPLES)
