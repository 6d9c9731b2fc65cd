"""Listing pages: one practice after another, each a title, a line with place and date, and a teaser."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.sources.pages.furniture import Furniture, kind_of
from pipeline.sources.pages.page_headings import without_headings
from pipeline.sources.pages.page_lines import Line, paragraphs
from pipeline.sources.pages.place_line import PlaceLine, read_expected_place_line, read_place_line

_SHORT = 100
_ENDS_OF_TEASER = ("...", "…")
_ENDS_OF_SENTENCE = (".", "!", "?", "…", ":")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a listing: the line where it begins, its texts by field, and the address of its link."""

    number: int
    texts: dict[str, str]
    link: str | None = None


def read_entries(lines: Sequence[Line]) -> tuple[list[Entry], list[Line]]:
    """Return the entries of a listing and the lines that belong to none of them."""
    entries: list[Entry] = []
    left: list[Line] = []
    for block, has_end in _blocks(lines):
        complete, before = _entries_of(block, has_end=has_end)
        entries.extend(complete)
        left.extend(before)
    return entries, left


def count_place_lines(lines: Sequence[Line]) -> int:
    """Return how many lines contain only a country with cities or a date."""
    places = (read_place_line(line.text) for line in lines)
    return sum(1 for place in places if place is not None and place.is_telling)


def _blocks(lines: Sequence[Line]) -> Iterator[tuple[list[Line], bool]]:
    """Yield the lines up to each "Read More", and return whether one ended them."""
    block: list[Line] = []
    for line in lines:
        kind = kind_of(line.text)
        if kind is Furniture.MORE:
            if block:
                yield [*block[:-1], replace(block[-1], link=block[-1].link or line.link)], True
            block = []
        elif kind is None:
            block.append(line)
    if block:
        yield block, False


def _entries_of(block: list[Line], *, has_end: bool) -> tuple[list[Entry], list[Line]]:
    """Return the entries of a block, one where "Read More" ends it, and the lines before the first."""
    places = list(_places(block, has_end=has_end))
    if not places:
        if not has_end:
            return [], block
        return [_entry(block[0], None, block[1:])], []
    entries = []
    first = _title_at(block, places[0][0])
    for position, (start, end, place) in enumerate(places):
        title = _title_at(block, start)
        follows = places[position + 1][0] if position + 1 < len(places) else len(block)
        after = _title_at(block, follows) if follows < len(block) else None
        stop = follows if after is None else follows - 1
        entries.append(_entry(title, place, block[end:stop], block[start]))
    return entries, block[: places[0][0] - (first is not None)]


def _places(block: list[Line], *, has_end: bool) -> Iterator[tuple[int, int, PlaceLine]]:
    """Yield (first line, line after, reading) of each place line; several short ones may make one."""
    number = 0
    while number < len(block):
        place = _place_at(block, number, has_end=has_end)
        if place is None:
            number += 1
            continue
        end = number + 1
        while end < len(block) - has_end and (joined := _join_lines(place, block[number : end + 1])):
            place, end = joined, end + 1
        yield number, end, place
        number = end


def _place_at(block: list[Line], number: int, *, has_end: bool) -> PlaceLine | None:
    """Return the place line at a position; between a title and a teaser a date need not be understood."""
    text = block[number].text
    is_expected = number == 1 if has_end else _is_before_teaser(block, number)
    if is_expected and (place := read_expected_place_line(text)):
        is_short = len(text) <= _SHORT and not text.endswith(_ENDS_OF_SENTENCE)
        return place if place.is_certain or is_short else None
    place = read_place_line(text)
    return place if place and (place.is_telling or (has_end and place.is_certain)) else None


def _is_before_teaser(block: list[Line], number: int) -> bool:
    """Return whether a line is the second of three whose last one is cut off, as teasers are."""
    if not 0 < number < len(block) - 1 or not _is_cut_off(block[number + 1]):
        return False
    return not _is_cut_off(block[number - 1]) and (number == 1 or _is_cut_off(block[number - 2]))


def _is_cut_off(line: Line) -> bool:
    return line.text.endswith(_ENDS_OF_TEASER)


def _join_lines(place: PlaceLine, lines: list[Line]) -> PlaceLine | None:
    """Return the reading of several lines as one, where the last of them adds a city or a date to it."""
    if place.date or len(lines[-1].text) > _SHORT:
        return None
    joined = read_place_line(" ".join(line.text for line in lines))
    return joined if joined and joined.is_certain and joined != place else None


def _title_at(block: list[Line], place: int) -> Line | None:
    """Return the line above a place line, unless it ends the teaser of the entry before."""
    line = block[place - 1] if place else None
    return None if line is None or _is_cut_off(line) else line


def _entry(
    title: Line | None, place: PlaceLine | None, teaser: Sequence[Line], at: Line | None = None
) -> Entry:
    texts = {"title": title.text} if title else {}
    if place:
        texts |= place.texts()
    if text := without_headings(paragraphs(list(teaser))):
        texts["summary"] = text
    lines = [line for line in (title, at, *teaser) if line]
    link = next((line.link for line in lines if line.link), None)
    return Entry(lines[0].number, texts, link)
