"""HTML tables: those of a saved web page, or of a document that an office program saved as one, as grids."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from pipeline.model.errors import SourceError
from pipeline.sources.files.decoding import declared_encoding, detect_encoding
from pipeline.sources.files.opening import survey
from pipeline.sources.files.sandboxed_source import Event
from pipeline.sources.files.web_page import is_mhtml, page_in, page_tree
from pipeline.sources.tables.cell_links import is_web_link
from pipeline.sources.tables.grids import EMPTY, Cell, Grid, SheetFacts
from pipeline.sources.tables.row_builder import NULLS
from pipeline.sources.tables.xlsx import has_titles, read_tables

LARGEST = 20 * 1024 * 1024
"""Bytes of a page."""

_MOST_TAGS = 400_000
_WIDEST, _LONGEST_SPAN = 200, 500
_BREAKS = frozenset(("br", "p", "div", "li", "tr"))
_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNSEEN = frozenset(("script", "style", "template", "table"))


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield rows and findings of every table of a page with titles; raise SourceError if there is none."""
    content = path.read_bytes()
    if len(content) > LARGEST or content.count(b"<") > _MOST_TAGS:
        raise SourceError(f"{name} is too large for a page. Save its table as XLSX or CSV.")
    root = _root(path, name, content)
    tables = [_grid(table, number) for number, table in enumerate(root.iter("table"), 1)]
    if not has_titles(tables, name):
        raise SourceError(
            f"{name} is a web page, but neither a page of the good practice catalogue nor one with a table of "
            "practices and their titles. Save the page of the practice, or the list, as a whole, or the table as XLSX "
            "or CSV."
        )
    yield from read_tables(tables, name)


def _root(path: Path, name: str, content: bytes) -> Any:
    text = page_in(content) if is_mhtml(content[:256]) else None
    if text is None:
        encoding = declared_encoding(content, detect_encoding(survey(path, name)))
        text = content.decode(encoding.codec, encoding.errors)
    return page_tree(text, name, remove_comments=True)


def _grid(table: Any, number: int) -> Grid:
    """Return a table of a page as a grid; a cell that spans several is in the first of them."""
    rows: list[list[Cell]] = []
    facts, covered = SheetFacts(), dict[int, int]()
    for row in table.iterfind(".//tr"):
        if next(row.iterancestors("table")) is table:
            rows.append(_cells(row, len(rows) + 1, covered, facts))
    return Grid(f"table {number}", lambda: enumerate(map(list, rows), 1), facts)


def _cells(row: Any, number: int, covered: dict[int, int], facts: SheetFacts) -> list[Cell]:
    """Return the cells of a row, empty ones below and beside those that span more; ``covered`` says which."""
    cells: list[Cell] = []
    for cell in row.iterchildren("td", "th"):
        while covered.get(len(cells), 0) >= number:
            cells.append(EMPTY)
        if len(cells) >= _WIDEST:
            break
        width = _span(cell, "colspan", _WIDEST - len(cells))
        height = _span(cell, "rowspan", _LONGEST_SPAN)
        left, bottom = len(cells) + 1, number + height - 1
        cells += [Cell(_text(cell), None, _link(cell)), *[EMPTY] * (width - 1)]
        if width > 1 or height > 1:
            facts.merged.append((left, number, len(cells), bottom))
            covered.update(dict.fromkeys(range(left - 1, len(cells)), bottom))
    return cells


def _span(cell: Any, name: str, most: int) -> int:
    text = cell.get(name, "1").strip()
    return max(1, min(int(text), most)) if text.isdecimal() and len(text) < 6 else 1


def _text(cell: Any) -> str:
    """Return what a cell shows, each paragraph on a line of its own, without the tables in it."""
    parts: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if element.tag in _BREAKS and element is not cell:
            parts.append("\n")
        if event == "start" and element.tag == "sup":
            parts.append(_superscript(element.text or ""))
        elif event == "start" and element.tag not in _UNSEEN:
            parts.append(" ".join((element.text or "").split(" ")))
        elif event == "end" and element is not cell:
            parts.append(element.tail or "")
    lines = (" ".join(line.split()) for line in "".join(parts).replace("\r", "").split("\n"))
    text = "\n".join(filter(None, lines))
    return "" if text in NULLS else text


def _superscript(text: str) -> str:
    """Return a raised text, a number in raised digits: it may be that of a footnote."""
    return text.translate(_DIGITS) if text.isdecimal() and text.isascii() else text


def _link(cell: Any) -> str | None:
    links = {href for anchor in cell.iter("a") if is_web_link(href := anchor.get("href", "").strip())}
    return links.pop() if len(links) == 1 else None
