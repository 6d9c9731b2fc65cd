"""Offers: what the findings on a table suggest to write instead, each to be taken or left."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.findings.reports.json_report import LONGEST_VALUE
from pipeline.model.finding import Finding
from pipeline.model.practice import RowAt
from pipeline.records.corrections.suggesting import HEADINGS, field_at, wrong_and_right

MOST_OFFERS = 200
"""Nobody goes through more; what else is suggested is in the report."""

_MOST_ROWS = 5000


@dataclass(slots=True)
class CellCorrection:
    """One text to be written instead of another, in all the rows of a file that say the same.

    An offer to fill a blank is for one row, since it is a guess from the rest of that row, whose ``name``
    tells it. ``holds`` is the column's field, None if the heading of a column is to be changed.
    """

    file: str
    column: str
    holds: str | None
    wrong: str
    right: str
    code: str
    severity: str
    confidence: float
    name: str = ""
    rows: list[tuple[str | None, int]] = field(default_factory=list)

    @property
    def is_mending(self) -> bool:
        """Return whether it puts right what somebody wrote, and not fills what was left blank."""
        return bool(self.wrong)


def offers(
    findings: Iterable[Finding], row_at: RowAt, tables: Iterable[str]
) -> tuple[list[CellCorrection], int]:
    """Return the offers for some files, and how many more there would be."""
    known = frozenset(tables)
    corrections: dict[tuple[object, ...], CellCorrection] = {}
    beyond: set[tuple[object, ...]] = set()
    for finding in findings:
        offer = _offer(finding, row_at) if finding.place and finding.place.file in known else None
        if offer is None:
            continue
        where = () if offer.is_mending else tuple(offer.rows)
        key = (offer.file, offer.holds, offer.column, offer.wrong, offer.right, offer.code, where)
        if key not in corrections and len(corrections) >= MOST_OFFERS:
            beyond.add(key)
            continue
        known_rows = corrections.setdefault(key, offer).rows
        if len(known_rows) < _MOST_ROWS and offer is not corrections[key]:
            known_rows += offer.rows
    return list(corrections.values()), len(beyond)


def _offer(finding: Finding, row_at: RowAt) -> CellCorrection | None:
    """Return what a finding offers, None if its suggestion is not about the text of one cell."""
    place, suggestion = finding.place, finding.suggestion
    if place is None or suggestion is None or place.row is None or not isinstance(place.column, str):
        return None
    rows = [(place.sheet, place.row)]
    stated = (finding.code, finding.severity.value, suggestion.confidence)
    if finding.code in HEADINGS:
        return CellCorrection(
            place.file, place.column, None, place.column, suggestion.value, *stated, "", rows
        )
    row = row_at(place)
    holding = field_at(row, place.column, place.value) if row is not None else None
    if holding is None or row is None or len(row.texts.get(holding, "")) >= LONGEST_VALUE:
        return None
    wrong, right = wrong_and_right(holding, row.texts.get(holding, ""), suggestion)
    if wrong == right:
        return None
    name = "" if wrong else row.texts.get("title", "")[:120]
    return CellCorrection(place.file, place.column, holding, wrong, right, *stated, name, rows)
