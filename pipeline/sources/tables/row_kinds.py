"""Kinds of rows: which rows of a table are not records but notes, totals, headings or a repeated header."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.findings.finding_messages import finding_of
from pipeline.model.finding import Finding, Place
from pipeline.recognition.places.countries import recognise_country
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.headings.heading_table import fold_header, known_headings, table_words
from pipeline.sources.tables.layout import Layout

HEADER, TOTAL, NOTE, HEADING = "row-is-header", "row-is-total", "row-is-note", "row-is-heading"
NO_RECORDS = frozenset((HEADER, TOTAL, NOTE))
"""Kinds that are surely no record: such a row is named, and not asked about again."""

LONE_HEADING, LONE_SENTENCE = "row-is-heading/lone", "row-is-note/lone"
"""Rows that may be practices of which only the title is filled in."""

_COMMENT = re.compile(r"\s*(?:#|//|%%)\s*\S")
_MARK = re.compile(r"\s*(?:[*※†‡§©¹²³⁴]|\(\d{1,2}\)\s|\[\d{1,2}\]|\d{1,2}\)\s|_{3,}|-{3,}|={3,})")
_PAGE = re.compile(r"\s*(?P<word>[^\W\d]{2,12})\.?\s*\d{1,5}(?:\s*(?:/|[^\W\d]{1,4})\s*\d{1,5})?\s*")
_STROKES = re.compile(r"[-:=_\u2013\u2014\s]*")
_NUMBER = re.compile(r"[\d\s.,%€$£+-]+")
_COUNTED = re.compile(r"[\d\s.,%€$£+-]+(?:[^\W\d]{1,20}\s?){0,3}")
_DATE = re.compile(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d")
_LABEL = re.compile(r"\s*(?P<label>[^:：\d]{1,40}?)\s*(?:[:：]|(?=\d)|$)")
_LONGEST_LABEL = 60
_OF_RECORDS = ("country", "city", "date", "topics")
"""Fields of which a record states at least one; a lone text states none."""

_FEW = 3
_FEWEST_INSTRUCTIONS = 2
_LONGEST_NUMBER = 6
_LONGEST_COUNTRY = 40
_NAME = re.compile(r"[^\W\d_][^\d;|/]{3,}")
_LONGEST_CODE = 3
_MOST_CELLS = 50
_WORDS_OF_A_NOTE = 8
_LONGEST = 300
_IMPORT = '{"ImportId"'
"""So begin the cells of a third header row that Qualtrics writes."""


def is_comment(cells: Sequence[str]) -> bool:
    """Return whether a row is a comment of the program that wrote the table: it begins with ``#`` or ``//``."""
    first = next((cell for cell in cells if cell.strip()), "")
    return _COMMENT.match(first) is not None


def _is_comment_line(filled: Sequence[tuple[int, str]]) -> bool:
    """Return whether cells are a comment, which a comma may divide; a title such as “#NoHate” has a place beside it."""
    places, cells = zip(*filled, strict=True)
    return is_comment(cells) and (len(cells) == 1 or (places == (0, 1) and not looks_like_data(cells[1:])))


def looks_like_data(cells: Sequence[str]) -> bool:
    """Return whether cells are those of a record rather than headings: a country, a year, an address, a long text."""
    texts = [cell.strip() for cell in cells if cell.strip()]
    return any(
        len(text) > _LONGEST
        or "://" in text
        or _DATE.fullmatch(text) is not None
        or (len(text) < _LONGEST_COUNTRY and bool(recognise_country(text).codes))
        for text in texts[:_MOST_CELLS]
    )


def is_blank(clean: Sequence[str], layout: Layout) -> bool:
    """Return whether a row says nothing: no cell is filled, or one with a running number, or all with strokes."""
    if len(clean) - clean.count("") > 1 + len(layout.ignored):
        return all(map(_STROKES.fullmatch, clean))
    filled = [place for place, cell in enumerate(clean) if cell and place not in layout.ignored]
    if len(filled) != 1:
        return not filled
    place = filled[0]
    is_number = len(clean[place]) < _LONGEST_NUMBER and _NUMBER.fullmatch(clean[place]) is not None
    return is_number and place < len(layout.columns) and layout.columns[place].field in (None, "id")


def kind_of(cells: Sequence[str], layout: Layout) -> str | None:
    """Return which kind of row clean cells make, None for a record."""
    filled = [(place, cell) for place, cell in enumerate(cells) if cell]
    if layout.ignored:
        filled = [(place, cell) for place, cell in filled if place not in layout.ignored]
    if not filled:
        return None
    if len(filled) > 1 and is_header(filled, layout):
        return HEADER
    first = filled[0][1]
    if len(first) > _LONGEST:
        return None
    said = next((cell for _, cell in filled if not _NUMBER.fullmatch(cell)), first)
    if all(cell is said or _COUNTED.fullmatch(cell) for _, cell in filled) and (
        _begins_total(said)
        or (len(filled) > 1 and _is_total_of(said) and _says_nothing_else(filled, said, layout))
    ):
        return TOTAL
    if len(layout.headers) < _FEW:
        return None
    if _says_only_when(filled, layout) or filled[0][0] >= len(layout.columns) or _is_of_page(filled):
        return NOTE
    if len(filled) > 1 and all(cell[0] == "(" and cell[-1] == ")" for _, cell in filled):
        return NOTE  # below the headings, how each is to be filled in
    if _gives_instructions(filled, layout):
        return NOTE
    if len(filled) > 2:
        return None
    if _is_comment_line(filled) or (len(filled) == 1 and _MARK.match(first)) or _is_labelled(filled):
        return NOTE
    if len(filled) == 1 and (not layout.headers.keys().isdisjoint(_OF_RECORDS) or _is_country(first)):
        is_sentence = len(first.split()) > _WORDS_OF_A_NOTE or first.endswith(".")
        return LONE_SENTENCE if is_sentence else HEADING
    return None


def is_header(filled: Sequence[tuple[int, str]], layout: Layout) -> bool:
    """Return whether most filled cells are headings: those of the table, or of two fields at least."""
    place, first = filled[0]
    if first.startswith(_IMPORT):
        return True
    names = layout.folded
    own = names[place] if place < len(names) else ""
    if len(first) > _LONGEST or ((folded := fold_header(first)) != own and folded not in known_headings()):
        return False
    again = sum(
        1 for place, cell in filled if place < len(names) and fold_header(cell[:_LONGEST]) == names[place]
    )
    fields = [field for _, cell in filled if len(cell) < _LONGEST and (field := field_of(cell)) is not None]
    return again * 5 >= len(filled) * 3 or (len(set(fields)) > 1 and len(fields) * 5 >= len(filled) * 3)


def _begins_total(text: str) -> bool:
    """Return whether a short text begins with a word such as "Total", and then a colon or a number, or a country."""
    label = _LABEL.match(text)
    if len(text) > _LONGEST_LABEL or label is None:
        return False
    first, _, rest = text.partition(" ")
    words = table_words("total")
    return fold_header(label["label"]) in words or (fold_header(first) in words and _is_country(rest))


def _is_total_of(text: str) -> bool:
    """Return whether a text beside numbers is a total as spreadsheets write it: "Bergen Total", "Total Bergen"."""
    words = text.split()
    return 1 < len(words) < _WORDS_OF_A_NOTE and any(
        fold_header(word) in table_words("total")
        for word in (words[0], words[-1])
        if len(word) < _LONGEST_LABEL
    )


def _says_nothing_else(filled: Sequence[tuple[int, str]], said: str, layout: Layout) -> bool:
    """Return whether the other cells of a row are in columns that say nothing of a record: budgets, participants."""
    others = (place for place, cell in filled if cell is not said and place < len(layout.columns))
    return all(layout.columns[place].field in (None, "id") for place in others)


def _is_labelled(filled: Sequence[tuple[int, str]]) -> bool:
    """Return whether a row begins with a word such as "Source" and a colon, in one cell or two beside one another."""
    (place, first), *others = filled
    label = _LABEL.match(first)
    if label is None or fold_header(label["label"]) not in table_words("note"):
        return False
    is_whole = label.end() == len(first)
    return (not others and not is_whole) or (bool(others) and is_whole and others[0][0] == place + 1)


def _gives_instructions(filled: Sequence[tuple[int, str]], layout: Layout) -> bool:
    """Return whether most cells begin with words such as "Choose" or "e.g.", and none is a country or a long text."""
    if len(filled) < _FEW or any(len(cell) > _LONGEST_LABEL for _, cell in filled):
        return False
    words = (fold_header(cell).split() for _, cell in filled)
    said = sum(
        1 for first in words if not table_words("instruction").isdisjoint((*first[:1], " ".join(first[:2])))
    )
    are_most = said >= _FEWEST_INSTRUCTIONS and said * 2 >= len(filled)
    return are_most and not any(_is_country(cell) for _, cell in filled)


def _is_of_page(filled: Sequence[tuple[int, str]]) -> bool:
    """Return whether a row is the foot of a printed page: "Page 1 of 3", perhaps with a day beside it."""
    match = _PAGE.fullmatch(filled[0][1])
    return match is not None and len(filled) < _FEW and fold_header(match["word"]) in table_words("page")


def _says_only_when(filled: Sequence[tuple[int, str]], layout: Layout) -> bool:
    """Return whether a row contains dates and nothing else that is known, as below the groups of a board."""
    fields = {layout.columns[place].field for place, _ in filled if place < len(layout.columns)}
    return "title" in layout.headers and "date" in fields and not fields - {"date", "lang", None}


def is_country_name(text: str) -> bool:
    """Return whether a text is the name of one country in full, and not its code, which may be that of a language."""
    is_name = _NAME.fullmatch(text) is not None and sum(map(str.isalpha, text)) > _LONGEST_CODE
    return is_name and _is_country(text)


def _is_country(text: str) -> bool:
    return len(text) < _LONGEST_COUNTRY and bool(recognise_country(text).codes)


def finding_on(kind: str, place: Place, text: str) -> Finding:
    """Return the finding on a row that is not a record, and says so much."""
    excerpt = f"{text[:60]}…" if len(text) > 60 else text
    return finding_of(kind, replace(place, value=text), text=excerpt)
