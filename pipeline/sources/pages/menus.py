"""Menus: the lists of filters that a catalogue page repeats, which are not the values of its record."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from pipeline.findings.messages import Sentence, say_number
from pipeline.language.text_matching import fold
from pipeline.recognition.places.countries import LANGUAGES, countries_named_in, is_name_of
from pipeline.recognition.topics import topic_label, topic_slugs
from pipeline.sources.pages.furniture import Furniture, kind_of
from pipeline.sources.pages.page_lines import Line

_LONGEST = 80
_COUNT = re.compile(r"^\(?\d{1,4}\)?\s+(?=\D)|\s+\(?\d{1,4}\)?$")
_BULLET = re.compile(r"^[-*–☐☑✓□■×]\s*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORT = 50
_BEGINNING = frozenset(("menu", "reset", "topic"))
_ENTRIES = ("topic", "country", "year")
_LIST = 8
_LONG_LIST = 12


Menus = Counter[str]
"""How many entries the menus of a page have, by kind: topic, country, year."""


def describe_counts(menus: Menus) -> tuple[Sentence, ...]:
    """Return the counts as people read them: ``22 topics``, ``30 countries``, ``10 years``."""
    counts = (
        say_number("{number} topic", "{number} topics", menus["topic"]),
        say_number("{number} country", "{number} countries", menus["country"]),
        say_number("{number} year", "{number} years", menus["year"]),
    )
    return tuple(each for each in counts if each.number)


def cut_at_menus(lines: Sequence[Line]) -> tuple[list[list[Line]], Menus]:
    """Return the stretches of a page between its menus, in order, and what the menus held."""
    stretches: list[list[Line]] = [[]]
    menus: Menus = Counter()
    runs = [
        (is_run, list(run))
        for is_run, run in groupby(
            zip(lines, map(_kind, lines), strict=True), lambda pair: pair[1] is not None
        )
    ]
    for position, (is_run, run) in enumerate(runs):
        start = _menu_start([kind for _, kind in run], is_last=position == len(runs) - 1) if is_run else None
        content, menu = (run, []) if start is None else (run[:start], run[start:])
        stretches[-1].extend(line for line, _ in content)
        if menu:
            stretches.append([])
            menus.update(kind for _, kind in menu if kind in _ENTRIES)
    return [stretch for stretch in stretches if stretch], menus


def _kind(line: Line) -> str | None:
    """Return what a line would be in a menu: heading, reset, topic, country, year, or None.

    A text with a number beside it is "other": perhaps an entry with its count, whose name is not known.
    """
    if len(line.text) > _LONGEST:
        return None
    furniture = kind_of(line.text)
    if furniture in (Furniture.MENU, Furniture.RESET):
        return furniture.value
    text = _BULLET.sub("", line.text)
    text = _COUNT.sub("", text).strip() if not _YEAR.fullmatch(text) else text
    if fold(text) in _topics():
        return "topic"
    if _YEAR.fullmatch(text):
        return "year"
    if any(is_name_of(iso3, text) for iso3 in countries_named_in(text)):
        return "country"
    return "other" if text != line.text and text[:1].isupper() and len(text) < _SHORT else None


def _menu_start(kinds: Sequence[str | None], *, is_last: bool) -> int | None:
    """Return where in a run of such lines the menu begins, or None where the run is none.

    A few years or countries before the first heading or topic are the record's own: its date, its partners.
    Within a text a menu must show more of itself than at the end of the page.
    """
    start = next((n for n, kind in enumerate(kinds) if kind in _BEGINNING or _begins_list(kinds[n:])), None)
    if start is None:
        return None
    menu = kinds[start:]
    headings = menu.count("menu")
    if is_last:
        return start
    is_plain = "reset" in menu or headings > 1 or len(menu) >= _LONG_LIST
    return start if is_plain or (headings and menu.count("topic")) else None


def _begins_list(kinds: Sequence[str | None]) -> bool:
    return len(kinds) >= _LIST and len(set(kinds[:_LIST])) == 1 and kinds[0] != "other"


@cache
def _topics() -> frozenset[str]:
    return frozenset(fold(topic_label(slug, language)) for slug in topic_slugs() for language in LANGUAGES)
