"""Workbooks made of what a case says: sheets with rows, number formats and merged cells."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook


def make_workbook(case: Path, path: Path) -> Path:
    described: dict[str, Any] = json.loads((case / "workbook.json").read_text(encoding="utf-8"))
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    if described.get("from 1904"):
        workbook.epoch = datetime(1904, 1, 1)
    for sheet in described["sheets"]:
        add_sheet(workbook, sheet)
    workbook.save(path)
    return path


def add_sheet(workbook: Workbook, described: dict[str, Any]) -> None:
    sheet = workbook.create_sheet(described["title"])
    sheet.sheet_state = described.get("state", "visible")
    for row in described["rows"]:
        sheet.append([value(each) for each in row])
    for cell, number_format in described.get("formats", {}).items():
        sheet[cell].number_format = number_format
    for cell in described.get("errors", ()):
        sheet[cell].data_type = "e"
    for merged in described.get("merged", ()):
        sheet.merge_cells(merged)
    for row in described.get("hidden rows", ()):
        sheet.row_dimensions[row].hidden = True


def value(stated: Any) -> Any:
    return datetime.fromisoformat(stated["day"]) if isinstance(stated, dict) else stated
