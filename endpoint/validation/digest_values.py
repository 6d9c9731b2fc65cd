"""What the page shows of a report, as the job that checked the data hands it to the web processes: as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from pipeline.findings.accounting import Accounting, GraphNumbers, Verdict
from pipeline.model.finding import Place, Severity
from pipeline.model.practice import Period
from pipeline.records.corrected.offers import CellCorrection

Translations = Mapping[str, str]
"""Interface language → text."""


@dataclass(frozen=True, slots=True)
class RowExcerpt:
    """The row that a finding is about: its number, and its cells as pairs of heading and text."""

    row: int | None
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LineExcerpt:
    """The lines of a file around the one that a finding is about, ``marked``, as pairs of number and text."""

    lines: tuple[tuple[int, str], ...]
    marked: int


@dataclass(frozen=True, slots=True)
class RuleLine:
    """Findings that say the same of one column: ``count`` of them, in these rows or lines.

    ``excerpt`` is the number of the excerpt, ``marks`` are the columns in it that are marked.
    """

    place: str
    messages: Translations
    count: int
    rows: str
    in_table: bool
    excerpt: int | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """All findings of one rule and severity; ``is_ours`` when the page of rules has the rule."""

    code: str
    severity: Severity
    title: Translations
    advice: Translations
    example: str
    is_ours: bool
    count: int
    hidden: int
    lines: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One finding on a record."""

    severity: Severity
    code: str
    is_ours: bool
    column: str | int | None
    messages: Translations


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """The findings on one record, the worst first, and how many more there are."""

    file: str
    name: str
    place: Place | None
    severity: Severity
    hidden: int
    lines: tuple[RecordLine, ...]
    excerpt: int | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsPlace:
    """Where the rows of a practice are: those in the sheet of the first, and how many are elsewhere."""

    file: str
    sheet: str | None
    rows: tuple[int, ...]
    line: int | None
    pointer: str | None
    others: int


@dataclass(frozen=True, slots=True)
class FieldReading:
    """The texts of a field, and the names of what was read of them."""

    written: tuple[str, ...]
    read: tuple[Translations, ...]


@dataclass(frozen=True, slots=True)
class UnderstoodRow:
    """What was read of one practice; ``titles`` are pairs of language tag and text."""

    place: RowsPlace
    is_withheld: bool
    titles: tuple[tuple[str, str], ...]
    dates: tuple[str, ...]
    period: Period | None
    country: FieldReading
    city: FieldReading
    topics: FieldReading
    text_languages: tuple[str, ...]
    inferred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What the page shows of a report; ``first`` is the place to begin with, ``tables`` can be corrected."""

    accepted: bool
    verdict: Verdict
    numbers: Accounting | GraphNumbers
    first: Place | None
    files: tuple[str, ...]
    rules: tuple[RuleSummary, ...]
    records: tuple[RecordSummary, ...]
    records_hidden: int
    excerpts: tuple[RowExcerpt | LineExcerpt, ...]
    understood: tuple[UnderstoodRow, ...]
    understood_count: int
    tables: tuple[str, ...]
    offers: tuple[CellCorrection, ...]
    offers_hidden: int

    @property
    def is_of_a_graph(self) -> bool:
        """Return whether shapes judged a graph."""
        return isinstance(self.numbers, GraphNumbers)


def write_digest(digest: Digest, path: Path) -> None:
    """Write a digest as JSON."""
    path.write_text(json.dumps(asdict(digest)), encoding="utf-8")


def read_digest(path: Path) -> Digest:
    """Return a digest that was written as JSON."""
    digest: Digest = _from_json(Digest, json.loads(path.read_text(encoding="utf-8")))
    return digest


def _from_json(kind: Any, value: Any) -> Any:
    """Return a value of a type: a dataclass, a sequence, an enumeration, or what JSON has itself."""
    origin, inner = get_origin(kind), get_args(kind)
    if value is None:
        return None
    if origin is UnionType:
        dataclasses = [each for each in inner if _types(each) and _types(each).keys() == value.keys()]
        return _from_json(dataclasses[0], value) if dataclasses else value
    if origin in (tuple, list):
        kinds = inner if len(inner) == len(value) and inner[-1] is not ... else inner[:1] * len(value)
        return origin(map(_from_json, kinds, value))
    if types := _types(kind):
        return kind(**{name: _from_json(types[name], each) for name, each in value.items()})
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value


@cache
def _types(kind: Any) -> dict[str, Any]:
    """Return the types of a dataclass by field; none where it is no dataclass."""
    return get_type_hints(kind) if is_dataclass(kind) else {}
