"""Known headings, by language (``columns.csv``) and program (``programs.csv``), and other words of tables."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache

from pipeline.model.fields import FIELDS
from pipeline.rdf.term_texts import labels_of
from pipeline.system.data_files import rows_of

WEAK = 6
"""From this rank on, a heading names its field only loosely, as "project" does the title."""

_SHORTEST_UNSPACED = 4
_PARTS = {"date_start": "start", "date_end": "end"}
_NOT_WORDS = re.compile(r"[\W_]+")
_MARKER = "marker"


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
    # marks hide letters from folding, which adds marks
    plain = _without_marks(_without_marks(text).casefold())
    return _NOT_WORDS.sub(" ", plain.replace("œ", "oe")).strip()


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@cache
def known_headings() -> dict[str, tuple[tuple[str, Meaning], ...]]:
    """Return every known heading, folded, with the languages in which it stands for something, and for what."""
    known: dict[str, list[tuple[str, Meaning]]] = defaultdict(list)
    ranks: dict[tuple[str, str], int] = defaultdict(int)
    rows = list(rows_of(__package__, "columns.csv"))
    for row in (*_labels({row["field"] for row in rows}), *rows):
        field, language, heading = row["field"], row["language"], fold_header(row["heading"])
        ranks[field, language] += 1
        exact = heading in (field, field.replace("_", " "))
        meaning = meaning_of(field, 0 if exact else ranks[field, language])
        known[heading].append((language, meaning))
    return {heading: tuple(meanings) for heading, meanings in known.items()}


def meanings_in_table(heading: str) -> tuple[tuple[str, Meaning], ...]:
    """Return what a folded heading means, language by language, also where its spaces are others: "start-date"."""
    return known_headings().get(heading) or _unspaced_headings().get(heading.replace(" ", ""), ())


@cache
def _unspaced_headings() -> dict[str, tuple[tuple[str, Meaning], ...]]:
    unspaced: dict[str, tuple[tuple[str, Meaning], ...]] = {}
    for heading, meanings in known_headings().items():
        if len(plain := heading.replace(" ", "")) >= _SHORTEST_UNSPACED:
            unspaced.setdefault(plain, meanings)
    return unspaced


def _labels(headed: Set[str]) -> Iterator[dict[str, str]]:
    """Yield the name and the ontology's labels of each field that has no headings in the table."""
    for field in FIELDS.values():
        if field.name not in headed:
            for language, heading in (("en", field.name), *labels_of(field).items()):
                yield {"field": field.name, "language": language, "heading": heading}


def meaning_of(field: str, rank: int) -> Meaning:
    """Return the meaning that a line of the table gives to a heading: "date_end" is the end of a date."""
    part = _PARTS.get(field, "")
    return Meaning("date" if part else field, "", part, rank)


Meanings = Mapping[str, Meaning | None]
"""Folded heading → what it means, None for what says nothing of a record."""


def meanings_by_program(headings: Set[str]) -> Meanings:
    """Return what folded headings mean to the programs that wrote these, which are known by some of them."""
    known: dict[str, Meaning | None] = {}
    for markers, meanings in _programs():
        if not markers.isdisjoint(headings):
            known.update(meanings)
    return known


@cache
def _programs() -> tuple[tuple[Set[str], Meanings], ...]:
    """Return of each program the headings that mark its exports, and what headings mean there."""
    programs: dict[str, tuple[set[str], dict[str, Meaning | None]]] = {}
    for row in rows_of(__package__, "programs.csv"):
        markers, meanings = programs.setdefault(row["program"], (set(), {}))
        names, says = map(fold_header, row["headings"].split("|")), row["says"]
        if says == _MARKER:
            markers.update(names)
        else:
            meanings.update((name, meaning_of(says, 1) if says else None) for name in names)
    return tuple(programs.values())


@cache
def table_words(kind: str) -> frozenset[str]:
    """Return the folded words of one kind in all languages."""
    return frozenset(fold_header(word) or word for word in _word_list(kind))


@cache
def marks_as_above() -> frozenset[str]:
    """Return what a cell contains that says the same as the cell above it, as people write it."""
    words = _word_list("as above")
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))


def _word_list(kind: str) -> list[str]:
    rows = rows_of(__package__, "table_words.csv")
    return next(row["words"] for row in rows if row["kind"] == kind).split("|")
