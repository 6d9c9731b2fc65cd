"""The table of headings: what columns are called, field by field and language by language (``columns.csv``)."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.model.fields import FIELDS
from pipeline.rdf.term_texts import labels_of

WEAK = 6
"""From this rank on, a heading names its field only loosely, as "project" does the title."""

_PARTS = {"date_start": "start", "date_end": "end"}
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading says: a field, the language of its texts, ``start`` or ``end`` of a date.

    ``also`` is a second field whose texts are in the same cells.
    Rank 0 is the exact name of the field; the higher the rank, the more loosely the heading names it.
    """

    field: str
    language: str = ""
    part: str = ""
    rank: int = 0
    also: str = ""


def fold_header(text: str) -> str:
    """Return a heading without case, diacritics and punctuation, its words apart by one space."""
    if text.isascii():
        return _NOT_WORDS.sub(" ", text.lower()).strip()
    plain = _without_marks(
        _without_marks(text).casefold()
    )  # marks hide letters from folding, which adds marks
    return _NOT_WORDS.sub(" ", plain.replace("œ", "oe")).strip()


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@cache
def known_headings() -> dict[str, tuple[tuple[str, Meaning], ...]]:
    """Return every known heading, folded, with the languages in which it stands for something, and for what."""
    table = files(__package__).joinpath("columns.csv").read_text(encoding="utf-8")
    known: dict[str, list[tuple[str, Meaning]]] = defaultdict(list)
    ranks: dict[tuple[str, str], int] = defaultdict(int)
    rows = list(csv.DictReader(table.splitlines()))
    for row in (*_labels({row["field"] for row in rows}), *rows):
        field, language, heading = row["field"], row["language"], fold_header(row["heading"])
        ranks[field, language] += 1
        exact = heading in (field, field.replace("_", " "))
        meaning = meaning_of(field, 0 if exact else ranks[field, language])
        known[heading].append((language, meaning))
    return {heading: tuple(meanings) for heading, meanings in known.items()}


def _labels(headed: Container[str]) -> Iterator[dict[str, str]]:
    """Yield the name and the ontology's labels of each field that has no headings in the table."""
    for field in FIELDS.values():
        if field.name not in headed:
            for language, heading in (("en", field.name), *labels_of(field).items()):
                yield {"field": field.name, "language": language, "heading": heading}


def meaning_of(field: str, rank: int) -> Meaning:
    """Return the meaning that a line of the table gives to a heading: "date_end" is the end of a date."""
    part = _PARTS.get(field, "")
    return Meaning("date" if part else field, "", part, rank)
