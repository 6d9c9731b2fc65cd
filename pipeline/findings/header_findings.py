"""Headers: a missing heading is reported once, and its consequences in each row are merged into that finding."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from pipeline.findings.messages import Sentence, say_number
from pipeline.model.fields import FIELDS, REQUIRED
from pipeline.model.finding import Finding, Severity
from pipeline.model.rows import Row

_HEADER_UNKNOWN, _COLUMNS = "header-unknown", "columns-missing"
_TITLE, _COUNTRY = "title-column-missing", "country-column-missing"
_OF_ONE_FIELD = {f"{field}-column-missing": field for field in REQUIRED}
_ABSENCES = {field.missing: name for name, field in FIELDS.items() if field.missing}
"""Codes of findings on rows → the field that is not there."""

ABSENCES = frozenset(_ABSENCES)
"""Codes of findings on what a row does not say."""

Table = tuple[str, str | None]
"""A table by its file and sheet."""


class Headers:
    """The findings on headers, held back until it is known what follows from them."""

    def __init__(self) -> None:
        self._findings: dict[Table, list[Finding]] = defaultdict(list)
        self._columns: dict[Table, frozenset[str]] = {}
        self._counts: dict[Table, Counter[tuple[str, Severity]]] = defaultdict(Counter)
        self._with_headings = set[Table]()

    def holds(self, finding: Finding) -> bool:
        """Hold a finding back if it is on what a header lacks, and say whether it is."""
        place = finding.place
        if place is None or place.row is None:
            return False
        if _says_country(finding):
            self._with_headings.add((place.file, place.sheet))
        named = finding.code == "column-unknown" and finding.suggestion is not None
        if not named and finding.code not in (_HEADER_UNKNOWN, _COLUMNS, *_OF_ONE_FIELD):
            return False
        self._findings[place.file, place.sheet].append(finding)
        return True

    def untitled_tables(self) -> Iterator[tuple[Table, Finding]]:
        """Yield the tables whose header names no title, each with the finding that says so."""
        for table, held in self._findings.items():
            finding = next((each for each in held if each.code in (_HEADER_UNKNOWN, _TITLE)), None)
            if finding is not None:
                yield table, finding

    def see(self, row: Row) -> None:
        """Learn from a row which columns its table has."""
        table = row.place.file, row.place.sheet
        if table not in self._columns and row.place.row is not None:
            self._columns[table] = frozenset(row.columns)

    def of_batch(self) -> "Headers":
        """Return the same with nothing merged yet, for the findings on some of the rows."""
        part = Headers()
        part._findings, part._columns = self._findings, self._columns
        return part

    def add(self, part: "Headers") -> None:
        """Add what was merged while a batch was judged."""
        for table, folded in part._counts.items():
            self._counts[table].update(folded)

    def without_consequence(self, finding: Finding) -> Finding | None:
        """Return a finding on a row; None if it only follows from its header, a remark if it suggests something."""
        place, field = finding.place, _ABSENCES.get(finding.code)
        table = (place.file, place.sheet) if place is not None else None
        if field is None or table not in self._findings or field in self._columns.get(table, (field,)):
            return finding
        self._counts[table][field, finding.severity] += 1
        return replace(finding, severity=Severity.INFO) if finding.suggestion is not None else None

    def findings(self) -> Iterator[Finding]:
        """Yield what was held back, each with the weight of what follows from it.

        A column of the country is not missing where headings between the rows name it for all of them.
        """
        for table, held in self._findings.items():
            folded = self._counts[table]
            for finding in held:
                rated = self._with_severity(finding, folded, held)
                is_said = table in self._with_headings and rated.severity is not Severity.VIOLATION
                if not (is_said and finding.code == _COUNTRY):
                    yield rated

    def _with_severity(
        self, finding: Finding, folded: Counter[tuple[str, Severity]], held: list[Finding]
    ) -> Finding:
        own = _field(finding)
        others = {_field(each) for each in held} - {None}
        fields = {own} if own is not None else set(_ABSENCES.values()) - others
        following = [severity for field, severity in folded if field in fields]
        worst = min((finding.severity, *following), key=attrgetter("weight"))
        if finding.code == _COUNTRY and worst is Severity.VIOLATION:
            sentence = say_number(
                "{message} {number} record is withheld, since its texts name no country either.",
                "{message} {number} records are withheld, since their texts name no country either.",
                folded["country", Severity.VIOLATION],
                message=finding.message,
            )
            return replace(finding, severity=worst, message=sentence)
        return replace(finding, severity=worst)


def _says_country(finding: Finding) -> bool:
    message = finding.message
    return (
        finding.code == "heading-as-value"
        and isinstance(message, Sentence)
        and message.values["field"] == "country"
    )


def _field(finding: Finding) -> str | None:
    """Return the one field that a finding on a header is about; None if it is about all others."""
    if finding.code in _OF_ONE_FIELD:
        return _OF_ONE_FIELD[finding.code]
    return finding.suggestion.value if finding.suggestion is not None else None
