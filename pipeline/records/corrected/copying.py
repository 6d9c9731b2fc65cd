"""Copying: a table as a workbook, with the accepted corrections made and marked, and the others as comments."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.findings.messages import without_surrogates
from pipeline.findings.reports.rules import rule
from pipeline.findings.translation import translate_findings
from pipeline.model.finding import Finding, Severity
from pipeline.records.corrected.offers import CellCorrection
from pipeline.records.corrected.workbook_tables import WorkbookTable, open_tables, write_text
from pipeline.system.data_files import tables_of

if TYPE_CHECKING:
    from openpyxl import Workbook

_MOST_COMMENTED = 2000
_LONGEST_COMMENT = 1000
_CHANGED_COLOUR = "C6E9CB"
_AUTHOR = "practicegraph"
_LANGUAGES = ("en", "fr")
_COLOURS = {Severity.VIOLATION: "F6C3B7", Severity.WARNING: "FFE69B"}
_OURS = frozenset((_CHANGED_COLOUR, *_COLOURS.values()))
"""Colours that no palette has, so that they differ from those of the table itself."""

_WIDTHS = (20, 20, 8, 24, 40, 40, 70)


class CorrectionLine(NamedTuple):
    """A line of the sheet that lists what was changed and what is left to be done."""

    state: str
    sheet: str
    row: int | None
    column: str
    before: str
    after: str
    why: str


def write_copy(
    source: tuple[Path, str],
    findings: Iterable[Finding],
    taken: Sequence[CellCorrection],
    target: Path,
    language: str,
) -> None:
    """Write a corrected copy of a table, given by its path and the name that findings call it by.

    Raises SourceError for what does not fit into a workbook.
    """
    path, name = source
    words = _words(language)
    workbook, tables = open_tables(path, name)
    _forget_earlier(workbook)
    lines = [line for offer in taken for line in _correct(offer, tables, language)]
    done = {(offer.code, *row, offer.column) for offer in taken for row in offer.rows}
    left = 0
    for finding in translate_findings(findings, language):
        place = finding.place
        if place is None or place.file != name or (finding.severity is Severity.INFO and place.row is None):
            continue
        if (finding.code, place.sheet, place.row, place.column) in done:
            continue
        left += 1
        if left > _MOST_COMMENTED:
            continue
        _comment(finding, tables)
        if finding.severity is not Severity.INFO:
            lines.append(_open(finding, words))
    _list(workbook, lines, words, max(0, left - _MOST_COMMENTED))
    with target.open("xb") as file:
        workbook.save(file)


def _forget_earlier(workbook: "Workbook") -> None:
    """Take out what an earlier copy has added: its comments and colours, and the sheet that lists them."""
    from openpyxl.styles import PatternFill

    notes = {_words(language)["note"] for language in _LANGUAGES}
    sheets: list[Any] = workbook.worksheets
    for sheet in sheets:
        if sheet["A1"].value in notes and len(workbook.worksheets) > 1:
            workbook.remove(sheet)
            continue
        for cell in sheet._cells.values():  # iter_rows would make every cell up to the last one
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
            if _colour(cell) in _OURS:
                cell.fill = PatternFill()


def _correct(
    offer: CellCorrection, tables: dict[str | None, WorkbookTable], language: str
) -> Iterable[CorrectionLine]:
    changed, why = _words(language)["changed"], rule(offer.code).texts_in(language)[0]
    seen = set[tuple[str | None, str]]()
    for sheet, row in offer.rows:
        table = tables.get(sheet)
        if table is None:
            continue
        if offer.holds is None:
            cell = table.heading(offer.column)
        else:
            cell = table.cell(row, offer.column, offer.wrong, make=True)
        before = str(cell.value or "")
        if (sheet, cell.coordinate) in seen or (offer.wrong and offer.wrong not in before):
            continue  # one cell for several merged rows is corrected once
        seen.add((sheet, cell.coordinate))
        after = before.replace(offer.wrong, offer.right) if offer.wrong else offer.right
        write_text(cell, after)
        cell.fill = _fill(_CHANGED_COLOUR)
        yield CorrectionLine(changed, sheet or "", row, offer.column, before, after, why)


def _comment(finding: Finding, tables: dict[str | None, WorkbookTable]) -> None:
    place = finding.place
    table = tables.get(place.sheet) if place is not None else None
    if place is None or table is None or place.row is None:
        return
    cell = table.cell(place.row, str(place.column or ""), place.value or "")
    _attach(cell, finding.message)
    if finding.severity in _COLOURS and _colour(cell) != _COLOURS[Severity.VIOLATION]:
        cell.fill = _fill(_COLOURS[finding.severity])


def _open(finding: Finding, words: dict[str, str]) -> CorrectionLine:
    place = finding.place
    assert place is not None
    here = (place.sheet or "", place.row, str(place.column or ""), place.value or "")
    return CorrectionLine(words["open"], *here, "", finding.message)


def _attach(cell: Any, message: str) -> None:
    """Put a comment to a cell, below those that it has."""
    from openpyxl.comments import Comment

    before = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
    comment = Comment((before + _plain(message))[:_LONGEST_COMMENT], _AUTHOR)
    comment.width, comment.height = 360, 140
    cell.comment = comment


def _list(workbook: "Workbook", lines: Iterable[CorrectionLine], words: dict[str, str], more: int) -> None:
    """Add the sheet that lists what was changed and what is left."""
    from openpyxl.styles import Alignment, Font

    sheet = workbook.create_sheet(words["sheet"])
    write_text(sheet.cell(1, 1), words["note"])
    heads = [words[key] for key in ("state", "place", "row", "column", "before", "after", "why")]
    for number, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True), 1):
        cell = sheet.cell(3, number, head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    row = 3
    for row, line in enumerate(lines, 4):
        for number, text in enumerate(line, 1):
            if isinstance(text, int):
                sheet.cell(row, number, text)
            elif text:
                write_text(sheet.cell(row, number), _plain(text)[:_LONGEST_COMMENT])
            sheet.cell(row, number).alignment = Alignment(wrap_text=True, vertical="top")
    if more:
        write_text(sheet.cell(row + 1, 1), words["more"].format(count=more))
    sheet.freeze_panes = "A4"


def _plain(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", without_surrogates(text))


def _fill(colour: str) -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", start_color=colour)


def _colour(cell: Any) -> str:
    return str(cell.fill.start_color.rgb)[-6:] if cell.fill.fill_type else ""


@cache
def _words(language: str) -> dict[str, str]:
    words: dict[str, dict[str, str]] = tables_of(__package__, "words.toml")
    return words.get(language, words["en"])
