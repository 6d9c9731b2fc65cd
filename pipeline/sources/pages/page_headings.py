"""Headings: the sections of a practice's text, whichever form their headings have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipeline.language.text_matching import fold
from pipeline.sources.pages.page_lines import Line, paragraphs
from pipeline.system.data_files import tables_of

_LONGEST = 60
_OLDER = ("Concept", "Foundation", "Fondement", "Fondements")
"""Headings of records from Index work, which come before their text without a colon."""

_STOPS = ".!?…:;»”"
_COLON = re.compile(r"\s*[:：]\s*")


def split_sections(lines: Sequence[Line]) -> dict[str, str]:
    """Return the texts of a practice: what stands under each heading, and as ``summary`` what is under none.

    A heading without a text gives nothing; texts under two headings of one field are joined.
    """
    sections: dict[str, list[Line]] = {}
    field = "summary"
    is_sure = heading_count(lines) > 0
    for line in lines:
        for heading, rest in _parts(line, is_sure=is_sure):
            field = heading or field
            if rest:
                sections.setdefault(field, []).append(replace(line, text=rest))
    return {field: paragraphs(section) for field, section in sections.items()}


def without_headings(text: str) -> str:
    """Return a teaser, the flattened beginning of a text, without the headings in it."""
    teaser = ""
    for _, rest in _parts(Line(0, text), is_sure=False):
        if rest:
            teaser += (" " if not teaser or teaser[-1] in _STOPS else " – ") + rest
    return teaser.strip()


def heading_count(lines: Sequence[Line]) -> int:
    """Return how many lines begin with a heading that is plainly one."""
    return sum(1 for line in lines if _whole(line.text) or _with_colon().match(line.text))


def _parts(line: Line, *, is_sure: bool) -> Iterator[tuple[str | None, str]]:
    """Yield (field or None, text) for each heading in a line and for what comes before the first."""
    text = line.text
    if field := _whole(text):
        yield field, ""
        return
    if glued := _glued_heading(text, is_sure=is_sure):
        field, text = glued
        yield field, ""
    end, current = 0, None
    for match in _with_colon().finditer(text):
        if match.start() > end or current:
            yield current, text[end : match.start()].strip()
        current, end = _fields()[fold(match[1])], match.end()
    yield current, text[end:].strip()


def _whole(text: str) -> str | None:
    return _fields().get(fold(text)) if len(text) <= _LONGEST else None


def _glued_heading(text: str, *, is_sure: bool) -> tuple[str, str] | None:
    """Return the field and the text of a line that continues its heading without a colon.

    A heading of several words, or one of the older kind, is known by itself; a single word such as "Impact"
    may begin a sentence, so the page must have another heading and no space may come between.
    """
    match = re.match(_pattern(), text)
    if match is None:
        return None
    heading, rest = match[0], text[match.end() :]
    if not rest.lstrip()[:1].isupper():
        return None
    is_own_kind = heading in _OLDER or " " in heading or "/" in heading
    if is_own_kind or (is_sure and not rest[:1].isspace()):
        return _fields()[fold(heading)], rest.strip()
    return None


@cache
def _names() -> tuple[tuple[str, str], ...]:
    tables = tables_of(__package__, "headings.toml").items()
    names = ((name, field) for field, languages in tables for texts in languages.values() for name in texts)
    return tuple(sorted(names, key=lambda pair: -len(pair[0])))


@cache
def _fields() -> dict[str, str]:
    return {fold(name): field for name, field in reversed(_names())}


@cache
def _pattern() -> str:
    names = (re.escape(name).replace("/", r"\s*/\s*") for name, _ in _names())
    return "|".join(dict.fromkeys(names))


@cache
def _with_colon() -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[\s.!?…»”\"]))({_pattern()}){_COLON.pattern}")
