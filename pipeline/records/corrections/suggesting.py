"""Suggestions of a build as lines of a corrections file, for a steward to go through."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pipeline.findings.messages import Wording
from pipeline.findings.reports.json_report import LONGEST_VALUE
from pipeline.model.errors import EnvironmentFault
from pipeline.model.fields import LISTS
from pipeline.model.finding import Finding, Place, Suggestion
from pipeline.model.rows import Row
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.topics import recognise_topics
from pipeline.records.corrections.correction_lines import ALL, COLUMNS, HEADING, KEEP_IDENTITY
from pipeline.records.staging import Staging
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.tables.columns import SEPARATOR

MOST_LINES = 5000
"""Nobody goes through more suggestions than this."""

_AT_ONCE = 1000
"""So many findings have their rows looked up together, which a cluster does in one step."""

HEADINGS = ("column-unknown", "column-by-cells", "title-column-missing", "country-column-missing")
"""Findings on how a column is headed."""

_ONE_SPELLING = frozenset(("country", "topics", "lang", "summary_lang"))


_Line = tuple[str, str, str]
"""A line of the file without its scope: column, wrong and right."""


def suggested_lines(findings: Iterable[Finding], staging: Staging) -> tuple[dict[str, str], ...]:
    """Return a line for each suggestion, one for all rows that say the same; who and when are left empty."""
    lines: dict[_Line, dict[str, str]] = {}
    for finding, at in _with_rows(findings, staging):
        if len(lines) >= MOST_LINES:
            break
        for line, scope in _lines(finding, at):
            row = lines.setdefault(line, _cells(line, scope, finding.message))
            if row["scope"] != scope:
                row["scope"] = ALL if line[1] else row["scope"]
    return tuple(lines.values())


def _with_rows(findings: Iterable[Finding], staging: Staging) -> Iterator[tuple[Finding, Row | None]]:
    """Yield the findings, each with the row at its place if it suggests another text for a cell there."""
    left = iter(findings)
    while some := tuple(islice(left, _AT_ONCE)):
        rows = staging.rows_at([place for finding in some if (place := _cell(finding)) is not None])
        for finding in some:
            place = _cell(finding)
            yield finding, rows[place] if place is not None else None


def _cell(finding: Finding) -> Place | None:
    """Return the place of the cell for which a finding suggests another text."""
    place = finding.place
    is_cell = place is not None and isinstance(place.column, str) and finding.code not in HEADINGS
    return place if is_cell and finding.suggestion is not None else None


def write_suggestions(lines: Iterable[dict[str, str]], path: Path) -> None:
    """Write the lines to a file that can be edited and given back as ``--corrections``."""
    try:
        with path.open("w", newline="", encoding="utf-8-sig", errors="replace") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(lines)
    except OSError as error:
        raise EnvironmentFault(
            f"The suggestions {path} cannot be written: {error.strerror or error}."
        ) from error


def _cells(line: _Line, scope: str, note: str) -> dict[str, str]:
    texts = (*line, scope, "", "", " ".join(note.split()))
    return dict(zip(COLUMNS, texts, strict=True))


def _lines(finding: Finding, row: Row | None) -> Iterator[tuple[_Line, str]]:
    """Yield the line that a finding suggests, and its scope; for an unknown heading one that can be filled in."""
    place, suggestion = finding.place, finding.suggestion
    if finding.code in HEADINGS and place is not None and isinstance(place.column, str):
        yield (HEADING, place.column, suggestion.value if suggestion is not None else ""), ""
    elif suggestion is not None:
        yield from _line(finding, suggestion, row)


def _line(finding: Finding, suggestion: Suggestion, row: Row | None) -> Iterator[tuple[_Line, str]]:
    """Yield the line and its scope; nothing if the finding is not about the text of a cell."""
    if finding.code == "perhaps-renamed" and finding.focus is not None:
        yield (KEEP_IDENTITY, suggestion.value, finding.focus.rpartition("/")[2]), ""
        return
    place = finding.place
    if row is None or place is None or not isinstance(place.column, str):
        return
    field = field_at(row, place.column, place.value)
    if field is None:
        return
    text = row.texts.get(field, "")
    if len(text) >= LONGEST_VALUE:
        return
    wrong, right = wrong_and_right(field, text, suggestion)
    scope = row.texts.get("id") or row.texts.get("title", "")
    if text and field in _ONE_SPELLING:
        scope = ALL
    if scope and wrong != right:
        yield (field, wrong, right), scope


def field_at(row: Row, column: str, text: str | None = None) -> str | None:
    """Return the field that a column holds in a row, by the heading that findings give; of two that with the text."""
    fields = [field for field, header in row.columns.items() if header == column]
    held = next(
        (field for field in fields if text and row.texts.get(field) == text), next(iter(fields), None)
    )
    return held or field_of(column.partition(SEPARATOR)[0])


def wrong_and_right(field: str, text: str, suggestion: Suggestion) -> tuple[str, str]:
    """Return the text that the suggestion is for, which in a list is one item, and what should be there."""
    unknown = {
        "topics": lambda: recognise_topics(text).unknown,
        "country": lambda: recognise_country(text).unknown,
    }
    values = unknown[field]() if field in unknown and text else ()
    item = next((value.text for value in values if _is(value.suggestion, suggestion)), text)
    if field in LISTS:
        return item, suggestion.value
    return text, text.replace(item, suggestion.value) if text else suggestion.value


def _is(made: Suggestion | None, given: Suggestion) -> bool:
    """Return whether a suggestion is one that was made before, perhaps in the language of a reader."""
    if made is None or made.confidence != given.confidence:
        return False
    names = made.value.languages.values() if isinstance(made.value, Wording) else (made.value,)
    return given.value in names
