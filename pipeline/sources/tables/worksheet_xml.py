"""Worksheets as XML: what a spreadsheet library does not report, and what must not be passed to one."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from pipeline.model.errors import SourceError
from pipeline.sources.files.archive import blocks, open_archive
from pipeline.sources.tables.cell_links import label_of_formula, link_of_formula
from pipeline.sources.tables.grids import SheetFacts

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
DEEPEST = 100
_MOST_KEPT = 20_000
_WORKSHEETS = "/worksheets/"
_STRICT = "http://purl.oclc.org/ooxml/"
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})")


def scan_workbook(path: Path, name: str) -> dict[str, SheetFacts]:
    """Return the facts about each worksheet by the name of its part, after looking at every byte of XML.

    Raises SourceError for what could harm who reads it: a DOCTYPE, deep nesting, rows beyond the last one.
    """
    with open_archive(path, name) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise SourceError(f"{name} is a ZIP file, but no XLSX workbook. Save the table as XLSX or CSV.")
        scanners = {}
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                scanner = scanners[member.filename] = _Scanner(name, member.filename)
                feed(archive, member, scanner.parser, name)
    return {part: _with_links(part, scanners) for part in scanners if _is_worksheet(part)}


def _is_worksheet(part: str) -> bool:
    return _WORKSHEETS in part and part.endswith(".xml")


def _with_links(part: str, scanners: dict[str, "_Scanner"]) -> SheetFacts:
    """Return the facts about a worksheet, the targets of its links looked up in the part that lists them."""
    folder, _, file = part.rpartition("/")
    listed = scanners.get(f"{folder}/_rels/{file}.rels")
    targets = listed.targets if listed is not None else {}
    scanner = scanners[part]
    for cell, target in scanner.linked:
        if target in targets:
            scanner.facts.links.setdefault(cell, targets[target])
    return scanner.facts


def part_parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]
) -> expat.XMLParserType:
    """Return a parser that reports elements, their tags as “namespace local-name”, and pieces of text."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    return parser


def feed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, parser: expat.XMLParserType, name: str) -> None:
    """Parse a part of an office document; raise SourceError where it is damaged or has a DOCTYPE."""

    def refuse_doctype(*_: object) -> None:
        raise SourceError(f"{name} is refused: an XML part of it has a DOCTYPE, as no workbook has.")

    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        for block in blocks(archive, member, name):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SourceError(
            f"{name} is a damaged workbook: its part {member.filename} breaks off or is no XML ({error}). "
            "Open it in a spreadsheet program and save it again."
        ) from error


class _Scanner:
    """Looks at one part of a workbook element by element."""

    def __init__(self, name: str, part: str) -> None:
        self.parser = part_parser(self._start, self._end, self._text)
        self.facts = SheetFacts()
        self._name = name
        self._depth = 0
        self._cell: tuple[int, int] | None = None
        self._has_formula = self._has_value = self._in_value = False
        self._formula_text: list[str] | None = None
        self.linked: list[tuple[tuple[int, int], str]] = []
        self.targets: dict[str, str] = {}
        self._on_start: dict[str, Callable[[dict[str, str]], None]] = {}
        if _is_worksheet(part):
            self._on_start = {
                "row": self._row,
                "col": self._column,
                "c": self._open_cell,
                "f": self._formula,
                "v": self._value,
                "mergeCell": self._merge,
                "hyperlink": self._link,
            }
        elif part.endswith(".rels"):
            self._on_start = {"Relationship": self._target}

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if tag.startswith(_STRICT):
            raise SourceError(
                f"{self._name} is saved as Strict Open XML. Save it as an ordinary workbook (.xlsx)."
            )
        if self._depth > DEEPEST:
            raise SourceError(f"{self._name} is refused: its XML is nested deeper than {DEEPEST} levels.")
        action = self._on_start.get(tag.rpartition(" ")[2])
        if action is not None:
            action(attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._in_value = False
        if self._formula_text is not None:
            self._note_formula("".join(self._formula_text))
            self._formula_text = None
        if self._cell is not None and tag.endswith(" c"):
            if self._has_formula and not self._has_value and len(self.facts.uncalculated) < _MOST_KEPT:
                self.facts.uncalculated.add(self._cell)
            self._cell = None

    def _text(self, text: str) -> None:
        """Note that a value is not empty, and what a formula says."""
        self._has_value |= self._in_value
        if self._formula_text is not None:
            self._formula_text.append(text)

    def _note_formula(self, formula: str) -> None:
        link = link_of_formula(formula)
        if link and self._cell is not None and len(self.facts.links) < _MOST_KEPT:
            self.facts.links[self._cell] = link
            if label := label_of_formula(formula):
                self.facts.labels[self._cell] = label

    def _link(self, attributes: dict[str, str]) -> None:
        target = next((value for name, value in attributes.items() if name.endswith(" id")), "")
        column, row = position(attributes.get("ref", "").partition(":")[0])
        if target and len(self.linked) < _MOST_KEPT:
            self.linked.append(((row, column), target))

    def _target(self, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/hyperlink") and len(self.targets) < _MOST_KEPT:
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "1")
        if not (number.isdecimal() and 0 < int(number) <= LAST_ROW):
            raise SourceError(f"{self._name} is damaged: it names a row {number[:20]}, which no sheet has.")
        self.facts.hidden += attributes.get("hidden") in ("1", "true")

    def _column(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        is_hidden = attributes.get("hidden") in ("1", "true") or attributes.get("width") == "0"
        if (
            is_hidden
            and first.isdecimal()
            and last.isdecimal()
            and len(self.facts.hidden_columns) < LAST_COLUMN
        ):
            self.facts.hidden_columns.append((int(first[:7]), min(int(last[:7]), LAST_COLUMN)))

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._has_formula = self._in_value = False
        self._has_value = attributes.get("t") == "str"  # the value may well be an empty text
        self._cell = None
        if (reference := attributes.get("r")) is not None:
            column, row = position(reference)
            self._cell = row, column
            if column > LAST_COLUMN:
                raise SourceError(
                    f"{self._name} is damaged: it names a cell {reference}, which no sheet has."
                )

    def _formula(self, _: dict[str, str]) -> None:
        self._has_formula = True
        self._formula_text = []

    def _value(self, _: dict[str, str]) -> None:
        self._in_value = True

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        if last and len(self.facts.merged) < _MOST_KEPT:
            self.facts.merged.append((*position(first), *position(last)))


def position(reference: str) -> tuple[int, int]:
    """Return column and row of a cell such as ``B12``, both from 1; beyond every sheet where it is none."""
    match = _CELL.fullmatch(reference)
    if match is None:
        return LAST_COLUMN + 1, LAST_ROW + 1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column, int(match[2])
