"""The template as a workbook: a sheet to fill, a sheet of notes, and lists to choose from."""

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipeline.model.errors import UsageError
from pipeline.model.fields import FIELDS, REQUIRED
from pipeline.sources.template.template_wording import TemplateColumn, TemplateWording

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LAST_ROW = 1000
_LONGEST_CELL = 32_767
_TEXT = "@"
_HEADING_COLOUR = "1F4E79"
_EXAMPLE_COLOUR = "7F7F7F"
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def write_workbook(path: Path, words: TemplateWording, records: Iterable[Mapping[str, str]]) -> None:
    """Write the template as XLSX; every cell of the first sheet is text, so that no program turns one into a date."""
    from openpyxl import Workbook  # it takes a while to load: only when a workbook is made

    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = words.text("sheet")
    notes = workbook.create_sheet(words.text("notes_sheet"))
    lists = workbook.create_sheet(words.text("lists_sheet"))
    lists.sheet_state = "hidden"
    _write_notes(notes, words)
    for number, column in enumerate(_with_choices(words), 1):
        for row, choice in enumerate(words.choices(column.field), 1):
            lists.cell(row, number, choice)
    _write_records(sheet, words, records)
    _offer_choices(sheet, words)
    workbook.properties.title = words.text("title")
    workbook.properties.creator = "practicegraph"
    workbook.properties.language = words.language
    _save(workbook, path)


def _save(workbook: "Workbook", path: Path) -> None:
    """Write a workbook without the time at which it is written, so that the same template has the same bytes."""
    written = BytesIO()
    workbook.save(written)
    with path.open("xb") as file, ZipFile(written) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>2026-01-01T00:00:00Z", content)
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, content)


def _write_records(sheet: "Worksheet", words: TemplateWording, records: Iterable[Mapping[str, str]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for number, column in enumerate(words.columns, 1):
        dimension = sheet.column_dimensions[_letter(number)]
        dimension.width = FIELDS[column.field].width
        dimension.number_format = _TEXT
    _write_row(sheet, 1, words.header)
    for number, record in enumerate(records, 2):
        _write_row(sheet, number, words.cells_of(record))
        if record is words.example:
            for cell in sheet[number]:
                cell.font = Font(italic=True, color=_EXAMPLE_COLOUR)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=_HEADING_COLOUR)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.freeze_panes = "B2"


def _write_row(sheet: "Worksheet", number: int, texts: Iterable[str]) -> None:
    for place, text in enumerate(texts, 1):
        if len(text) > _LONGEST_CELL:
            raise UsageError(
                f"A text of {len(text):,} characters does not fit into a cell of a workbook. Write CSV or JSON."
            )
        if text:
            cell = sheet.cell(number, place)
            cell.value = escape_cell(text)
            cell.data_type = "s"  # also where it begins with an equals sign
            cell.number_format = _TEXT


def escape_cell(text: str) -> str:
    """Return the text so that a workbook keeps it as it is, where it looks like an escape such as _x000D_."""
    return _LIKE_AN_ESCAPE.sub("_x005F_", text)


def _write_notes(sheet: "Worksheet", words: TemplateWording) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 110
    sheet.append([words.text("title")])
    for sentence in words.intro:
        sheet.append([None, sentence])
    sheet.append([])
    sheet.append([words.text("heading_of_columns"), words.text("heading_of_notes")])
    top = sheet.max_row
    for column in words.columns:
        required = f" ({words.text('required')})" if column.field in REQUIRED else ""
        sheet.append([column.heading + required, column.note])
    sheet["A1"].font = Font(bold=True, size=14)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row == top or cell.column == 1:
                cell.font = Font(bold=True)


def _with_choices(words: TemplateWording) -> list[TemplateColumn]:
    """Return the columns with values to choose from, one for each field."""
    return list({column.field: column for column in words.columns if words.choices(column.field)}.values())


def _offer_choices(sheet: "Worksheet", words: TemplateWording) -> None:
    """Explain each column where it is filled, and offer its values; others are questioned, not refused."""
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = {column.field: number for number, column in enumerate(_with_choices(words), 1)}
    for number, column in enumerate(words.columns, 1):
        rule = DataValidation(allow_blank=True, showInputMessage=True)
        rule.promptTitle, rule.prompt = column.heading[:32], column.note
        if column.field in lists:
            letter = _letter(lists[column.field])
            last = len(words.choices(column.field))
            rule.type = "list"
            rule.formula1 = f"'{words.text('lists_sheet')}'!${letter}$1:${letter}${last}"
            rule.errorStyle = "warning"
            rule.showErrorMessage = True
            rule.errorTitle, rule.error = words.text("not_in_list_title"), words.text("not_in_list")
        rule.add(f"{_letter(number)}2:{_letter(number)}{_LAST_ROW}")
        sheet.add_data_validation(rule)


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(number)
