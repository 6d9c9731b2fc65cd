"""Tables within a sheet: where the header is, what its merged cells cover, and which sheets hold none."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.model.fields import LISTS
from pipeline.sources.headings.heading_meanings import field_of, meanings_of
from pipeline.sources.headings.heading_table import WEAK, fold_header, table_words
from pipeline.sources.tables.cell_evidence import with_evidence
from pipeline.sources.tables.columns import read_columns
from pipeline.sources.tables.layout import Layout, layout_of
from pipeline.sources.tables.row_kinds import is_comment, looks_like_data
from pipeline.sources.tables.transposed import turned_headings

HEADER_SEARCH = 30
"""So many filled rows of a sheet are looked at for its header; titles, logos and notes are above it."""

_DEEPEST_HEADER = 4
_WIDEST = 500
"""So many cells of a row are looked at to find the header; a table of more columns is found by its first ones."""

_LONGEST_HEADING = 200
_LONGEST_DEEPER = 60
_FEW = 3
_ENOUGH = 0.6
"""The first row that says at least this share of what the best row says is the header: others head further tables."""

MergedRange = tuple[int, int, int, int]
"""A merged range: left, top, right, bottom, all counted from 1."""

Rows = Sequence[tuple[int, Sequence[str]]]
"""Rows with their numbers."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header ends, and the layout it gives; ``top`` is its first row.

    A table without a header begins at once: its ``bottom`` is the row before ``top``. ``turned`` are the headings
    of a table that has them below one another; until it is turned, it has no other header.
    """

    top: int
    bottom: int
    layout: Layout
    turned: tuple[str, ...] = ()

    @property
    def has_title(self) -> bool:
        """Return whether a column contains the title and another one anything known."""
        return "title" in self.layout.headers and len(self.layout.headers) > 1


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be a header: its rows, the headings that they make, and how much these say."""

    top: int
    bottom: int
    texts: Sequence[str]
    score: float


def find_header(rows: Rows, merged: Iterable[MergedRange] = ()) -> Header | None:
    """Return the header among the first filled rows: the first that says nearly as much as the best one.

    A table with more headings in its first column than in any row is turned.
    Rows that are comments count only where no other row names two fields.
    """
    ranges = tuple(merged)
    no_comments = [(number, cells) for number, cells in rows if not is_comment(cells)]
    uncommented = [
        (number, [*(cell.lstrip("#/%; ") for cell in cells[:1]), *cells[1:]]) for number, cells in rows
    ]
    for chosen in (no_comments, uncommented):
        candidates = [_candidate(number, number, _spread(number, cells, ranges)) for number, cells in chosen]
        best = max((candidate.score for candidate in candidates), default=0)
        if best < _FEW and (turned := turned_headings(rows)):
            return Header(rows[0][0], rows[0][0], layout_of(()), turned)
        if best >= _least(chosen):
            first = next(each for each in candidates if each.score >= max(best * _ENOUGH, _least(chosen)))
            header = _best_block(first, candidates, ranges)
            columns = read_columns(_without_empty_end(header.texts))
            below = [cells for number, cells in rows if number > header.bottom]
            return Header(header.top, header.bottom, layout_of(with_evidence(columns, below)))
    return None


def _least(rows: Rows) -> float:
    """Return how many fields a header must name: two, or the only one of a table of one column."""
    return 1 if max((_count_filled(cells) for _, cells in rows), default=0) < 2 else 1.5


def _count_filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _candidate(top: int, bottom: int, texts: Sequence[str]) -> _Candidate:
    """Return what may be a header; what it names loosely counts less."""
    return _Candidate(top, bottom, texts, sum(_meaning_weights(texts).values()))


def _meaning_weights(texts: Sequence[str]) -> dict[tuple[str, str, str], float]:
    """Return the things that a row's headings name, as field, language and part, with what each counts."""
    weights: dict[tuple[str, str, str], float] = {}
    for text in texts[:_WIDEST]:
        if not text or len(text) > _LONGEST_HEADING:
            continue
        for meaning in meanings_of(text)[:1]:
            for field in filter(None, (meaning.field, meaning.also)):
                key = (field, meaning.language, meaning.part)
                weights[key] = max(weights.get(key, 0), 0.75 if meaning.rank >= WEAK else 1)
    return weights


def _best_block(
    first: _Candidate, candidates: Sequence[_Candidate], merged: Sequence[MergedRange]
) -> _Candidate:
    """Return the header that begins in a row or the next ones: groups above it and languages below it belong to it."""
    at = candidates.index(first)
    while (
        at + 1 < len(candidates)
        and candidates[at + 1].score > candidates[at].score
        and (candidates[at + 1].top == candidates[at].top + 1)
    ):
        at += 1
    block = candidates[at]
    if at and candidates[at - 1].bottom + 1 == block.top:
        block = max(block, _join_rows(candidates[at - 1], block), key=lambda each: each.score)
    ends = [last for _, top, _, last in merged if top <= block.bottom < last < block.top + _DEEPEST_HEADER]
    bottom = max([block.bottom, *ends])
    for below in candidates[at + 1 :]:
        if below.top > max(bottom, block.bottom + 1):
            break
        deeper = _join_rows(block, below)
        # A record below would only make sure what the row above names already.
        names_more = (
            deeper.score > block.score
            and not _meaning_weights(deeper.texts).keys() <= _meaning_weights(block.texts).keys()
        )
        # below the questions of a form, how each is answered
        are_responses = sum(1 for text in below.texts[:_WIDEST] if _is_response(text)) > 1
        if below.top <= bottom or ((names_more or are_responses) and _is_deeper(below.texts)):
            block = deeper
    return block


def _is_deeper(texts: Sequence[str]) -> bool:
    """Return whether a row may be the lower part of a header: short words only, none of them an address."""
    filled = [text.strip() for text in texts if text.strip()]
    return all(len(text) <= _LONGEST_DEEPER and not text.isdecimal() and "://" not in text for text in filled)


def _is_response(text: str) -> bool:
    """Return whether a text says how a question is answered: "Open-Ended Response"."""
    return len(text) <= _LONGEST_DEEPER and fold_header(text) in table_words("response")


def _join_rows(upper: _Candidate, lower: _Candidate) -> _Candidate:
    """Return two rows of a header as one: a heading holds until the next one for what is below it."""
    width = max(len(upper.texts), len(lower.texts))
    above = [*upper.texts, *[""] * (width - len(upper.texts))]
    below = [*lower.texts, *[""] * (width - len(lower.texts))]
    group, texts = "", []
    for high, low in zip(above, below, strict=True):
        group = high.strip() or (group if low.strip() else "")
        if high.strip() and _is_of_other_field(group, low.strip()):
            group = ""  # the title of a table: "Finished" above "Title"
        texts.append(_heading(group, low.strip()))
    return _candidate(upper.top, lower.bottom, texts)


def _is_of_other_field(group: str, own: str) -> bool:
    above, below = (next(iter(meanings_of(text)), None) if text else None for text in (group, own))
    return above is not None and below is not None and above.field != below.field


def _heading(group: str, own: str) -> str:
    """Return the heading that two texts above one another make: what both say, else what the lower one says."""
    if not group or not own or _is_response(own):
        return group or own
    both = f"{group} ({own})"
    above, below, joined = (next(iter(meanings_of(text)), None) for text in (group, own, both))
    is_of_own = below is None or joined is None or below.field == joined.field
    if joined is not None and is_of_own and (joined.language or joined.part):
        return both
    if below is not None and (below.rank < WEAK or above is None or above.rank >= WEAK):
        return own
    if above is not None:
        return f"{group}/{own}" if above.field in LISTS else both
    return own


def first_row_as_header(rows: Rows) -> Header:
    """Return the header of a table none of whose columns is known: its first row that is as wide as those below.

    Where even that row looks like a record, the table has no header.
    """
    widths = [_count_filled(cells) for _, cells in rows]
    wide = (number for number, width in enumerate(widths) if width * 2 > max(widths) or width == max(widths))
    number, cells = rows[next(wide)]
    if looks_like_data(cells):
        return Header(number, number - 1, layout_of(read_columns([""] * len(_without_empty_end(cells)))))
    return Header(number, number, layout_of(read_columns(_without_empty_end(cells))))


def _spread(number: int, cells: Sequence[str], merged: Sequence[MergedRange]) -> list[str]:
    """Return the cells of a header row, a heading merged over several columns of a list given to each."""
    spread = list(cells)
    for left, top, right, _ in merged:
        if top == number and left < right and left <= len(spread) and field_of(spread[left - 1]) in LISTS:
            spread += [""] * (min(right, left + 20) - len(spread))
            for place in range(left, min(right, left + 20)):
                spread[place] = spread[place] or spread[left - 1]
    return spread


def _without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    width = max((number for number, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:width]


class FillDown:
    """Gives the text of a cell that is merged over several rows to each of them."""

    def __init__(self, merged: Iterable[MergedRange], header: Header) -> None:
        self._from: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for left, top, _, bottom in merged:
            if header.bottom < top < bottom and left <= len(header.layout.raw):
                self._from[top].append((left, bottom))
        self._open: dict[int, tuple[int, str]] = {}
        self.filled: dict[int, list[int]] = defaultdict(list)

    def fill(self, number: int, cells: list[str]) -> list[str]:
        """Return the cells of a row with those of the merged cells above it; blank rows stay blank."""
        if not self._from or not any(cells):
            return cells
        for left, (bottom, text) in list(self._open.items()):
            if number > bottom:
                del self._open[left]
                continue
            cells += [""] * (left - len(cells))
            if not cells[left - 1]:
                cells[left - 1] = text
                self.filled[left].append(number)
        for left, bottom in self._from.get(number, ()):
            if left <= len(cells) and cells[left - 1]:
                self._open[left] = (bottom, cells[left - 1])
        return cells
