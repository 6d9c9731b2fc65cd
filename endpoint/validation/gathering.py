"""Gathering: what a job leaves of a check for the page, the downloads and the corrected copies."""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from endpoint.validation.digest import make_digest
from endpoint.validation.digest_values import Digest, write_digest
from endpoint.validation.excerpts import Excerpts
from endpoint.validation.understood_values import Understandings
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.translation import translate_findings
from pipeline.model.finding import Finding, Place
from pipeline.model.practice import RowAt, Understood
from pipeline.records.corrected.offers import offers
from pipeline.records.corrected.workbook_tables import SUFFIXES

DIGEST, FINDINGS, OUTCOME, UNDERSTOOD = "report", "findings", "outcome", "understood.csv"


class Gathering:
    """Takes note of the practices while they are judged, and writes all of it once the findings are there."""

    def __init__(self, folder: Path, *, by_other_shapes: bool = False) -> None:
        self._folder = folder
        self._understood = Understandings(folder / UNDERSTOOD, by_other_shapes=by_other_shapes)
        self._row_at: RowAt | None = None

    def see(self, understood: Understood) -> None:
        """Take note of one practice."""
        self._row_at = understood.row_at
        self._understood.see(understood)

    def write(self, findings: Iterable[Finding], outcome: ReportOutcome) -> Digest:
        """Write the findings, the outcome, what was understood, and the digest of it all; return the digest."""
        self._understood.close()
        _write_findings(findings, self._folder / FINDINGS)
        _write_outcome(outcome, self._folder)
        tables = [name for name, path in outcome.paths.items() if Path(path).suffix.lower() in SUFFIXES]
        spoken = translate_findings(findings, outcome.language)
        excerpts = Excerpts(self._row_at, {name: Path(path) for name, path in outcome.paths.items()})
        digest = make_digest(
            findings,
            outcome,
            excerpts,
            understood=self._understood,
            tables=tables,
            offers=offers(spoken, self._row_at or _no_row, tables),
        )
        write_digest(digest, self._folder / DIGEST)
        return digest


def _no_row(_: Place) -> None:
    """Find nothing: no practice of the sources was judged, so only headings can be corrected."""


def _write_findings(findings: Iterable[Finding], path: Path) -> None:
    with path.open("wb") as file:
        for finding in findings:
            pickle.dump(finding, file, pickle.HIGHEST_PROTOCOL)


def _write_outcome(outcome: ReportOutcome, folder: Path) -> None:
    """Write the outcome; its paths are taken from the folder, which will have another name."""
    paths = {name: str(Path(path).relative_to(folder)) for name, path in outcome.paths.items()}
    (folder / OUTCOME).write_bytes(pickle.dumps(replace(outcome, paths=paths)))


# What follows is called by limited children only: web processes read nothing of a report but its digest.


def read_outcome(folder: Path) -> ReportOutcome:
    """Return the outcome that was written into a folder."""
    outcome: ReportOutcome = pickle.loads((folder / OUTCOME).read_bytes())  # noqa: S301 — a job of ours wrote it
    return outcome


class Findings:
    """The findings that were written into a folder, to be gone through as often as needed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FINDINGS

    def __iter__(self) -> Iterator[Finding]:
        """Yield them in the order in which they were made."""
        with self._path.open("rb") as file:
            while file.peek(1):
                yield pickle.load(file)  # noqa: S301 — a job of ours wrote it
