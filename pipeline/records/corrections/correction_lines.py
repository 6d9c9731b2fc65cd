"""The lines of ``corrections.csv``: wrong values and right ones, practices to be joined, slugs to be kept."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.findings.finding_messages import finding_of, message
from pipeline.findings.messages import Value
from pipeline.model.errors import SourceError
from pipeline.model.fields import FIELDS
from pipeline.model.finding import Finding, Place
from pipeline.rdf.iris import is_slug
from pipeline.sources.files.cleaning import clean_text
from pipeline.sources.files.decoding import detect_encoding
from pipeline.sources.files.opening import open_file, printable_name, refuse_binary_formats, survey
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.headings.heading_table import fold_header
from pipeline.sources.tables.delimited_records import read_records
from pipeline.sources.tables.dialect import declared_delimiter, detect_delimiter

COLUMNS = ("column", "wrong", "right", "scope", "who", "when", "note")
"""The columns of the file; who, when and note are for people."""

HEADING = "heading"
MERGE = "merge"
KEEP_IDENTITY = "keep-identity"
ALL = "all"

_NAMES = {
    "field": "column",
    "wrong value": "wrong",
    "right value": "right",
    "correct value": "right",
    "id": "scope",
    "by": "who",
    "date": "when",
    "remark": "note",
}
_NEEDED = frozenset(("column", "wrong", "right"))


@dataclass(frozen=True, slots=True)
class Correction:
    """In a field, this text is wrong and that one right, everywhere or in one practice.

    ``scope`` is empty for everywhere, else an id, a page's slug or a title; ``row`` counts as a spreadsheet
    does. Without a wrong text a blank cell is filled, without a right one the cell is blanked.
    """

    field: str
    wrong: str
    right: str
    scope: str
    row: int


@dataclass(frozen=True, slots=True)
class Joining:
    """Two slugs stand for one practice: ``old`` redirects to ``new``, which is the one that stays.

    Of a kept identity, ``old`` is the slug or the title under which the practice would else be new.
    """

    kind: str
    old: str
    new: str
    row: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A column with this heading has this field; without a field it is left out without a finding."""

    heading: str
    field: str
    row: int


Line = Correction | Joining | Heading


@dataclass(frozen=True, slots=True)
class CorrectionLines:
    """All lines of a file, with its hash and size, and what is wrong with the lines left out."""

    name: str
    sha256: str = ""
    size: int = 0
    corrections: tuple[Correction, ...] = ()
    joinings: tuple[Joining, ...] = ()
    headings: tuple[Heading, ...] = ()
    findings: tuple[Finding, ...] = ()


class _MalformedLine(Exception):
    """A line cannot be used; the sentence says why and what to write."""

    def __init__(self, variant: str, **values: Value) -> None:
        self.sentence = message(f"correction-malformed/{variant}", **values)
        super().__init__(self.sentence)


def read_corrections(path: Path) -> CorrectionLines:
    """Return the lines of a corrections file; raise SourceError if it is none."""
    name = printable_name(path.name)
    surveyed = survey(path, name)
    refuse_binary_formats(surveyed.head, name)
    encoding = detect_encoding(surveyed)
    head = surveyed.head.decode(encoding.codec, "replace")
    declared = declared_delimiter(head)
    with open_file(path, name) as file:
        stream = io.TextIOWrapper(io.BufferedReader(file), encoding.codec, encoding.errors, newline="")
        if declared:
            stream.readline()
        records = read_records(stream, declared or detect_delimiter(head), name)
        rows = [(number, [clean_text(cell)[0] for cell in cells]) for number, cells, _ in records]
    filled = [(number, _split_pasted(cells)) for number, cells in rows if any(cells)]
    if not filled:
        return CorrectionLines(name, surveyed.sha256, surveyed.size)
    has_header = not _is_line(filled[0][1])
    columns = _columns(filled[0][1], name) if has_header else COLUMNS
    lines = [(number, dict(zip(columns, cells, strict=False))) for number, cells in filled[has_header:]]
    return _collect(lines, CorrectionLines(name, surveyed.sha256, surveyed.size))


def _split_pasted(cells: list[str]) -> list[str]:
    """Return the cells of a line that was pasted from a message into a file with another delimiter, or quoted whole."""
    if any(cells[1:]):
        return cells
    several = (next(csv.reader([cells[0]], delimiter=delimiter), cells) for delimiter in ",;")
    return next(filter(_is_line, several), cells)


def _is_line(cells: list[str]) -> bool:
    """Return whether cells are a line as messages suggest it, and no header: "heading,What is it called?,title"."""
    return len(cells) > 2 and cells[0] in (HEADING, MERGE, KEEP_IDENTITY)


def _columns(header: list[str], name: str) -> list[str]:
    folded = [fold_header(cell) for cell in header]
    columns = [_NAMES.get(cell, cell) for cell in folded]
    if missing := sorted(_NEEDED - set(columns)):
        raise SourceError(
            f"{name} is no file of corrections: its first row lacks {', '.join(missing)}. "
            f"Begin it with {','.join(COLUMNS)}."
        )
    return columns


def _collect(lines: list[tuple[int, dict[str, str]]], empty: CorrectionLines) -> CorrectionLines:
    known: dict[tuple[str, ...], Line] = {}
    findings: list[Finding] = []
    for number, cells in lines:
        try:
            line = _line(number, cells)
            subject, wish = _key_and_value(line)
            if subject in known:
                row, said = str(known[subject].row), _key_and_value(known[subject])[1]
                raise _MalformedLine("repetition" if said == wish else "contradiction", row=row)
            known[subject] = line
        except _MalformedLine as fault:
            place = Place(empty.name, row=number)
            findings.append(finding_of("correction-malformed", place, fault=fault.sentence))
    joinings = {line.old: line for line in known.values() if isinstance(line, Joining)}
    return replace(
        empty,
        corrections=tuple(line for line in known.values() if isinstance(line, Correction)),
        joinings=tuple(_resolve_chains(joinings, empty.name, findings)),
        headings=tuple(line for line in known.values() if isinstance(line, Heading)),
        findings=tuple(findings),
    )


def _key_and_value(line: Line) -> tuple[tuple[str, ...], str]:
    """Return what a line is about, and what it asks for."""
    match line:
        case Correction():
            return (line.field, line.wrong, line.scope), line.right
        case Joining():
            return (MERGE, line.old), line.new
    return (HEADING, fold_header(line.heading)), line.field


def _resolve_chains(joinings: Mapping[str, Joining], name: str, findings: list[Finding]) -> Iterator[Joining]:
    """Yield each line with the slug at the end of its chain; those that lead in a circle become findings."""
    for line in joinings.values():
        new, passed = line.new, {line.old}
        while new in joinings and new not in passed:
            passed.add(new)
            new = joinings[new].new
        if new in passed:
            findings.append(finding_of("correction-circular/slug", Place(name, row=line.row), text=line.old))
        else:
            yield replace(line, new=new)


def _line(number: int, cells: Mapping[str, str]) -> Line:
    column, wrong, right = (cells.get(name, "") for name in ("column", "wrong", "right"))
    kind = column.casefold().replace(" ", "-").replace("_", "-")
    if kind in (MERGE, KEEP_IDENTITY):
        return _joining(kind, wrong, right, number)
    if kind == HEADING:
        return _heading(wrong, right, number)
    field = field_of(column)
    if field is None:
        columns = (*FIELDS, MERGE, KEEP_IDENTITY, HEADING)
        raise _MalformedLine("column", text=column[:80], columns=columns)
    scope = cells.get("scope", "")
    scope = "" if scope.casefold() == ALL else collapse_spaces(scope)
    if collapse_spaces(wrong) == collapse_spaces(right):
        raise _MalformedLine("same")
    if not wrong and not scope:
        raise _MalformedLine("blank", field=field)
    return Correction(field, collapse_spaces(wrong), right, scope.casefold(), number)


def _heading(heading: str, field: str, number: int) -> Heading:
    if not fold_header(heading) or (field and field_of(field) is None):
        raise _MalformedLine("heading", example="heading,What is it called?,title")
    return Heading(heading, field, number)


def _joining(kind: str, first: str, second: str, number: int) -> Joining:
    if not is_slug(first) or not second or first == second or (kind == MERGE and not is_slug(second)):
        example = "merge,old-slug,new-slug" if kind == MERGE else "keep-identity,slug-to-keep,new title"
        raise _MalformedLine("joining", example=example)
    return Joining(kind, first, second, number) if kind == MERGE else Joining(kind, second, first, number)


def collapse_spaces(text: str) -> str:
    """Return the text with single spaces, as texts are compared."""
    return " ".join(text.split())
