"""Columns: which field of a record each column of a table holds, whatever the table calls it."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from pipeline.model.finding import Suggestion
from pipeline.model.rows import FIELDS
from pipeline.sources.files.cleaning import clean_text

ORIGIN = "_origin"
PROBLEMS = "_problems"
EXTRA = "_extra"
"""Columns of quarantine files: where a row came from, what was wrong, what stood beyond the header."""

LISTS = frozenset({"topics", "city"})
"""Fields of which a table may have several columns: ``Topic 1``, ``Topic 2``."""

_NEAR = 80
_NOT_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r" ?\d{1,2}$")
_LANGUAGE = re.compile(r" (en|fr|es|it|de|pt)$")
_REMARK = re.compile(r"\([^()]*\)\s*\*?$|\*$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its number from 1, what the table calls it, the field it holds, and what else it might."""

    number: int
    header: str
    field: str | None = None
    suggestion: Suggestion | None = None


def fold_header(text: str) -> str:
    """Return a column name without case, diacritics and punctuation, its words apart by one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _NOT_WORDS.sub(" ", plain.replace("œ", "oe")).strip()


@cache
def known_names() -> dict[str, str]:
    """Return every known column name, folded, with the field it stands for."""
    table = files(__package__).joinpath("columns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines())
    return {fold_header(name): row["field"] for row in rows for name in row["names"].split("|")}


def field_of(header: str) -> str | None:
    """Return the field that a column of this name holds, or None; numbers and remarks do not count."""
    names = known_names()
    bare = fold_header(_REMARK.sub("", header.strip()))
    for name in (fold_header(header), bare, _NUMBER.sub("", bare), _LANGUAGE.sub("", bare)):
        if name in names:
            return names[name]
    return None


def read_columns(cells: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that a header row names; a column without a name keeps an empty header."""
    headers = [clean_text(cell)[0].replace("\n", " ") for cell in cells]
    fields = [None if header in (ORIGIN, PROBLEMS, EXTRA) else field_of(header) for header in headers]
    free = [field for field in FIELDS if field not in fields]
    return tuple(
        Column(number, header, field, _near(header, free) if field is None and header else None)
        for number, (header, field) in enumerate(zip(headers, fields, strict=True), 1)
    )


def _near(header: str, free: list[str]) -> Suggestion | None:
    """Return the field, among those that no column holds, whose name is nearly this one."""
    if header.startswith("_"):
        return None
    names = [name for name, field in known_names().items() if field in free and len(name) > 3]
    best = process.extractOne(fold_header(header), names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return Suggestion(known_names()[best[0]], round(best[1] / 100, 2)) if best else None
