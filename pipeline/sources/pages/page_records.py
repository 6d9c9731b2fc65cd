"""Reading: a document taken apart into its pages, and each page into practices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from pipeline.recognition.identity import slug_in
from pipeline.sources.pages.furniture import INTRODUCING, Furniture, kind_of
from pipeline.sources.pages.listing import Entry, count_place_lines, read_entries
from pipeline.sources.pages.menus import Menus, cut_at_menus
from pipeline.sources.pages.page_headings import heading_count
from pipeline.sources.pages.page_lines import Line, PageText
from pipeline.sources.pages.single_page import read_practice, title_position

SITE = "https://www.coe.int"
_PASSED_OVER = frozenset({Furniture.ADDRESS, Furniture.FOOTER, Furniture.SHARE})
_AFTER_INTRODUCTION = frozenset({Furniture.BACK, Furniture.BUTTON, Furniture.MORE})
_FEW = 2
_LISTING = "/web/interculturalcities/good-practice"
_ENOUGH_IN_MENUS = 8
_TEXT = 80


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a page gave: its entries, whether it lists several, its menus, and lines of no entry."""

    entries: tuple[Entry, ...]
    is_listing: bool
    menus: Menus
    rest: tuple[Line, ...]


def read_pages(document: PageText) -> Iterator[PageReading]:
    """Yield what each page of a document gives."""
    for lines in _pages(document.lines):
        stretches, menus = cut_at_menus(_without_top(lines))
        if _is_listing(stretches):
            yield _listing(stretches, menus, document)
        else:
            yield _single(stretches, menus, document)


def is_of_catalogue(document: PageText) -> bool:
    """Return whether a document shows the marks of the catalogue: its introduction, links, menus or listing."""
    kinds = [kind_of(line.text) for line in document.lines]
    if not INTRODUCING.isdisjoint(kinds) or _LISTING in (document.address or ""):
        return True
    stretches, menus = cut_at_menus(document.lines)
    if menus.total() >= _ENOUGH_IN_MENUS and menus["topic"]:
        return True
    lines = [line for stretch in stretches for line in stretch]
    if Furniture.MORE in kinds and count_place_lines(lines):
        return True
    headings = heading_count(lines)
    if Furniture.BUTTON in kinds:
        return headings > 0 or Furniture.BACK in kinds
    return headings > 1 and slug_in(document.address or "") is not None


def _pages(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each page: a new one begins with the heading or introduction after some content."""
    page: list[Line] = []
    is_introduced = has_content = False
    for line in lines:
        kind = kind_of(line.text)
        if kind in (Furniture.HEADING, Furniture.FIRST) and has_content:
            yield page
            page, is_introduced, has_content = [], False, False
        page.append(line)
        is_introduced = is_introduced or kind in INTRODUCING
        has_content = has_content or (is_introduced and kind is None)
    if page:
        yield page


def _without_top(lines: list[Line]) -> list[Line]:
    """Return a page from the end of its introduction on, without the site's own lines."""
    kinds = [kind_of(line.text) for line in lines]
    below = range(_end_of_introduction(lines, kinds), len(lines))
    return [lines[number] for number in below if kinds[number] not in _PASSED_OVER]


def _end_of_introduction(lines: list[Line], kinds: list[Furniture | None]) -> int:
    """Return where the introduction ends: a few other blocks may be in it, and its last may be wrapped."""
    end = other_blocks = 0
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True), 1):
        if kind in INTRODUCING:
            end, other_blocks = number, 0
        elif end and line.starts_block:
            other_blocks += 1
        if kind in _AFTER_INTRODUCTION or other_blocks > _FEW:
            break
    while 0 < end < len(lines) and not lines[end].starts_block and kinds[end] is None:
        end += 1
    return end


def _is_listing(stretches: Sequence[Sequence[Line]]) -> bool:
    lines = [line for stretch in stretches for line in stretch]
    kinds = {kind_of(line.text) for line in lines}
    count = count_place_lines(lines)
    if Furniture.BUTTON in kinds:
        return Furniture.MORE in kinds and count > 1
    return count > 1 or (Furniture.MORE in kinds and count > 0)


def _listing(stretches: Sequence[Sequence[Line]], menus: Menus, document: PageText) -> PageReading:
    entries: list[Entry] = []
    left: list[Line] = []
    for stretch in stretches:
        listed, before = read_entries(stretch)
        left.extend(before)
        for entry in listed:
            address = urljoin(document.address or SITE, entry.link) if entry.link else document.address
            source = {"source_url": address} if address else {}
            entries.append(Entry(entry.number, entry.texts | source))
    return PageReading(tuple(entries), True, menus, tuple(left))


def _single(stretches: Sequence[Sequence[Line]], menus: Menus, document: PageText) -> PageReading:
    chosen = next(
        (
            stretch
            for stretch in stretches
            if len(stretch) > 1 and any(len(line.text) > _TEXT for line in stretch)
        ),
        max(stretches, key=len, default=()),
    )
    left = tuple(line for stretch in stretches if stretch is not chosen for line in stretch)
    if not chosen:
        return PageReading((), False, menus, left)
    start = title_position(chosen, document.title)
    above = (line for line in chosen[:start] if kind_of(line.text) is not Furniture.BACK)
    left = (*left, *above)
    number, texts = read_practice(chosen[start:], document.title)
    if not texts:
        return PageReading((), False, menus, (*left, *chosen[start:]))
    if document.address:
        texts["source_url"] = document.address
    return PageReading((Entry(number, texts),), False, menus, left)
