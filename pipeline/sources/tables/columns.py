"""Columns: which field of a record each column of a table contains, whatever the table calls it."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rapidfuzz import fuzz, process

from pipeline.model.fields import FIELDS, LISTED, TRANSLATED
from pipeline.model.finding import Suggestion
from pipeline.recognition.topics import is_topic
from pipeline.sources.files.cleaning import clean_text
from pipeline.sources.files.own_headings import own_headings
from pipeline.sources.headings.heading_forms import without_codes, without_groups
from pipeline.sources.headings.heading_meanings import field_of, is_left_out, meanings_of
from pipeline.sources.headings.heading_table import (
    WEAK,
    Meaning,
    Meanings,
    fold_header,
    known_headings,
    meanings_by_program,
    table_words,
)
from pipeline.sources.tables.side_tables import start_of_second_table

ORIGIN = "_origin"
PROBLEMS = "_problems"
EXTRA = "_extra"
"""Columns of quarantine files: where a row came from, what was wrong, what stood beyond the header."""

SEPARATOR = " | "
"""Stands between the texts of several columns with one field."""

OURS = frozenset((ORIGIN, PROBLEMS, EXTRA))
_ONLY_BEST = frozenset(("id", "lang", "title", "city", "summary"))
"""Fields whose loosely named column is not read if another column names them better."""

_NEAR = 84
_LONGEST_MISSPELT = 80
_MOST_SUGGESTIONS = 100
_LONGEST_OF_PROGRAM = 40
_MOST_LANGUAGES = 4
_CHOICE = re.compile(
    r"(.{1,200})/([^/]{1,200})|"
    r"(.{1,200}?)\s*\(choice=([^()]{1,200})\)|"
    r"([^\[\]]{1,200}?)(?:\s*\[|\s[-\u2013]\s|:\s)\s*([^\[\]]{1,200}?)\]?"
)
_BRACKETED = re.compile(r"(.{1,200}?)\s*\(([^()]{1,200})\)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its number from 1, what the table calls it, the field it contains, and what else it might.

    ``language`` is that of its texts where the heading says so, ``part`` the start or the end of a date. A column
    of 0 and 1 has the ``choice`` that 1 stands for. ``beside`` is the heading of the column read in its place.
    ``also`` is a second field whose texts are in its cells. A column ``is_apart`` that is of a second table.
    The field of one that is read ``by_cells`` is what its cells contain, and not what its heading says.
    """

    number: int
    header: str
    field: str | None = None
    suggestion: Suggestion | None = None
    language: str = ""
    part: str = ""
    choice: str = ""
    beside: str = ""
    rank: int = 0
    also: str = ""
    is_apart: bool = False
    by_cells: bool = False


def read_columns(cells: Sequence[str], *, is_flat: bool = True) -> tuple[Column, ...]:
    """Return the columns that a header row names; a column without a name keeps an empty header.

    A table is flat: its ``place.city`` is a city, and it may have a column for each language. JSON has objects.
    """
    texts = [clean_text(cell)[0] for cell in cells]
    headers = [text.replace("\n", " ") for text in texts]
    names = without_codes(headers) if is_flat else headers
    choices = _choices(names)
    meanings = [
        None if number in choices else meaning
        for number, meaning in enumerate(_meanings(names, texts, is_flat=is_flat))
    ]
    columns = [
        _column(number, header, meaning, choices.get(number - 1))
        for number, (header, meaning) in enumerate(zip(headers, meanings, strict=True), 1)
    ]
    if is_flat:
        columns = _in_their_languages(_without_second_table(columns))
    return _with_suggestions(_without_loose_ones(columns))


def _column(number: int, header: str, meaning: Meaning | None, choice: tuple[str, str] | None) -> Column:
    if choice is not None:
        return Column(number, header, choice[0], choice=choice[1])
    if meaning is None:
        return Column(number, header)
    language, part, rank = meaning.language, meaning.part, meaning.rank
    return Column(number, header, meaning.field, language=language, part=part, rank=rank, also=meaning.also)


def _without_second_table(columns: Sequence[Column]) -> list[Column]:
    """Take their fields from the columns of a table that is beside another one."""
    headers = [column.header for column in columns]
    start = start_of_second_table(headers, [column.field for column in columns])
    first = list(columns[:start])
    apart = columns[start:] if start is not None else ()
    return first + [replace(column, field=None, also="", choice="", is_apart=True) for column in apart]


def _meanings(headers: Sequence[str], texts: Sequence[str], *, is_flat: bool) -> list[Meaning | None]:
    """Return what each heading stands for; of several meanings the one whose field no other column surely holds.

    ``texts`` are the headings with their line breaks: what follows the first line often explains it.
    """
    folded = {fold_header(header) for header in headers if len(header) < _LONGEST_OF_PROGRAM}
    of_program = meanings_by_program(folded)
    forms = [without_groups(headers), headers, texts] if is_flat else [headers]
    meanings: list[Sequence[Meaning]] = []
    for several in zip(*forms, strict=True):
        ways = (_meanings_beside(form, of_program, is_flat=is_flat) for form in dict.fromkeys(several))
        meanings.append(next(filter(None, ways), ()))
    _name_by_what(meanings, headers)
    sure = {(several[0].field, several[0].part) for several in meanings if len(several) == 1}
    return [_likeliest(several, sure) for several in meanings]


def _name_by_what(all_meanings: list[Sequence[Meaning]], headers: Sequence[str]) -> None:
    """Let a heading "What" stand for the title where "Where" or "When" is beside it, and no other title."""
    folded = [fold_header(header[:_LONGEST_OF_PROGRAM]) for header in headers]
    has_title = any(meanings and meanings[0].field == "title" for meanings in all_meanings)
    if has_title or table_words("where").isdisjoint(folded):
        return
    at = next((place for place, header in enumerate(folded) if header in table_words("what")), None)
    if at is not None and not all_meanings[at]:
        all_meanings[at] = (Meaning("title", rank=WEAK),)


def _meanings_beside(header: str, of_program: Meanings, *, is_flat: bool) -> Sequence[Meaning]:
    """Return what a heading may stand for; for that of a program what it means there, nothing for our own columns."""
    folded = fold_header(header) if of_program and len(header) < _LONGEST_OF_PROGRAM else ""
    if header in OURS:
        return ()
    if folded in of_program and folded not in own_headings():
        meaning = of_program[folded]
        return (meaning,) if meaning is not None else ()
    return meanings_of(header) or (
        meanings_of(header.rpartition(".")[2]) if is_flat and "." in header else ()
    )


def _likeliest(several: Sequence[Meaning], sure: Collection[tuple[str, str]]) -> Meaning | None:
    first = several[0] if several else None
    free = (each for each in several if (each.field, each.part) not in sure)
    return next(free, first) if len(several) > 1 else first


def _choices(headers: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Return the columns of a question with several answers, ``Topics/Education``, with field and answer."""
    groups: dict[str, dict[int, str]] = defaultdict(dict)
    for place, header in enumerate(headers):
        parts = _CHOICE.fullmatch(header) or _BRACKETED.fullmatch(header)
        base, choice = (text.strip() for text in parts.groups() if text is not None) if parts else ("", "")
        if parts is not None and (parts.re is _CHOICE or is_topic(choice)):
            groups[base][place] = choice
    plain = set(headers)
    choices = _topic_columns(headers)
    for base, members in groups.items():
        field = field_of(base) if len(members) > 1 or base in plain else None
        if field in LISTED:
            choices.update(
                {place: (field, choice) for place, choice in members.items() if not meanings_of(choice)}
            )
    return choices


def _topic_columns(headers: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Return the columns whose headings are topics, if no other has topics."""
    if any(meaning.field == "topics" for header in headers for meaning in meanings_of(header)):
        return {}
    named = ((place, header) for place, header in enumerate(headers) if header and not meanings_of(header))
    topics = {place: ("topics", header) for place, header in named if is_topic(header)}
    return topics if len(topics) > 1 else {}


def _without_loose_ones(columns: Sequence[Column]) -> list[Column]:
    """Let columns that name a field loosely yield to the one that names it best."""
    best: dict[tuple[str, str, str], Column] = {}
    for column in columns:
        if column.field in _ONLY_BEST and not column.choice:
            key = (column.field, column.language, column.part)
            if key not in best or column.rank < best[key].rank:
                best[key] = column
    languages = {field for field, language, _ in best if language}
    remaining = []
    for column in columns:
        better = best.get((column.field or "", column.language, column.part))
        if better is not None and better.rank < WEAK <= column.rank and not column.choice:
            column = replace(column, field=None, beside=better.header)
        elif column.field in languages and not column.language and column.rank >= WEAK:
            other = next(
                each for (field, language, _), each in best.items() if field == column.field and language
            )
            column = replace(column, field=None, beside=other.header)
        remaining.append(column)
    return remaining


def _in_their_languages(columns: Sequence[Column]) -> list[Column]:
    """Give columns of one field, each headed in a language of its own, these languages: ``Title`` and ``Titre``."""
    tagged = list(columns)
    own = _languages_of(columns) | _surely(columns)
    for field in TRANSLATED - {"date"}:
        same = [column for column in columns if column.field == field]
        if len(same) < 2 or any(column.language or column.rank >= WEAK for column in same):
            continue
        languages = [_language_of(column.header, own) for column in same]
        if all(languages) and len(set(languages)) == len(same):
            for column, language in zip(same, languages, strict=True):
                tagged[column.number - 1] = replace(column, language=language)
    return tagged


def language_of_headings(columns: Sequence[Column]) -> str:
    """Return the languages, other than English, in which most columns are headed, as "da no"; empty for English."""
    languages = _languages_of(columns)
    return "" if "en" in languages or len(languages) > _MOST_LANGUAGES else " ".join(sorted(languages))


def _surely(columns: Sequence[Column]) -> set[str]:
    """Return the languages in which a heading of these columns stands, and in no other."""
    languages = (_languages_in(column.header) for column in columns)
    return {each.pop() for each in languages if len(each) == 1}


def _languages_in(header: str) -> set[str]:
    """Return the languages in which a heading is known."""
    return {language for language, _ in known_headings().get(fold_header(header), ())}


def _language_of(header: str, likely: Collection[str]) -> str:
    """Return the one language that a heading is in, of several the likely one; empty where that is not plain."""
    languages = _languages_in(header)
    left = languages if len(languages) == 1 else languages & set(likely)
    return left.pop() if len(left) == 1 else ""


def _with_suggestions(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Give columns that are not known the field that their heading nearly names and no column contains."""
    held = {column.field for column in columns}
    free = [field for field in FIELDS if field not in held]
    folded = {fold_header(column.header[:_LONGEST_MISSPELT]) for column in columns}
    of_programs = meanings_by_program(folded)
    misspelt = (
        column
        for column in columns
        if is_unexplained(column) and fold_header(column.header) not in of_programs
    )
    unknown = list(islice(misspelt, _MOST_SUGGESTIONS))
    if not free or not unknown:
        return tuple(columns)
    names = _names_for(free, {"en", "fr", *_languages_of(columns)})
    suggested = list(columns)
    for column in unknown:
        suggested[column.number - 1] = replace(column, suggestion=_near(column.header, names))
    return tuple(suggested)


def is_unexplained(column: Column) -> bool:
    """Return whether a heading is short, says nothing known, and nobody explained it; it may be misspelt."""
    header = column.header
    is_explained = column.field is not None or column.beside or column.is_apart
    if is_explained or not 0 < len(header) < _LONGEST_MISSPELT:
        return False
    is_of_program = header[0] == "_" or header.lower().endswith("id")
    if is_of_program or fold_header(header) in table_words("other"):
        return False
    return not meanings_of(header) and not is_left_out(header)


def _languages_of(columns: Sequence[Column]) -> set[str]:
    """Return the languages in which a header is written: English, and those of several of its headings."""
    named = (column.header for column in columns if column.field is not None)
    counts = Counter(language for header in named for language in _languages_in(header))
    most = max(counts.values(), default=0)
    return {language for language, count in counts.items() if count == most}


def _names_for(free: Collection[str], languages: Collection[str]) -> Mapping[str, str]:
    return {
        heading: meaning.field
        for heading, meanings in known_headings().items()
        for language, meaning in meanings
        if meaning.field in free and language in languages and len(heading) > 3
    }


def _near(header: str, names: Mapping[str, str]) -> Suggestion | None:
    """Return the one field whose name is nearly this heading; None where two are equally near."""
    matches = process.extract(
        fold_header(header), names.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=5
    )
    if not matches:
        return None
    score = matches[0][1]
    fields = {names[name] for name, each, _ in matches if each >= score - 1}
    return Suggestion(fields.pop(), round(score / 100, 2)) if len(fields) == 1 else None
