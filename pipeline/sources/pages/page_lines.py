"""Lines: a page as the lines of text a reader sees, each with its place in the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.sources.files.cleaning import clean_text

MOST_LINES = 50_000
"""Lines of text on a page; the longest of the catalogue has about a thousand."""

_ADDRESS = re.compile(
    r"(?:saved from|source|url|address|adresse|page|link)?\s*:?\s*<?(https?://[^\s<>\"]+)>?", re.I
)
_BULLET = re.compile(r"^[•◦▪‣·]\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its number in the file, its text, and whether it begins a block of its own.

    ``link`` is the address of a practice that a link in the line leads to.
    """

    number: int
    text: str
    starts_block: bool = True
    link: str | None = None


@dataclass(frozen=True, slots=True)
class PageText:
    """A page: its lines without the empty ones, its address, and its title as its head states it."""

    lines: tuple[Line, ...]
    address: str | None = None
    title: str | None = None


def tidy(text: str) -> str:
    """Return the text of a line, clean, with single spaces."""
    return " ".join(clean_text(text)[0].split())


def read_text(text: str) -> PageText:
    """Return a page that was saved or copied as text; a line that is nothing but an address is the page's."""
    address = None
    lines = []
    for line in _lines_of(text):
        if match := _ADDRESS.fullmatch(line.text):
            address = address or match[1]
        else:
            lines.append(line)
    return PageText(tuple(lines), address)


def _lines_of(text: str) -> Iterator[Line]:
    is_first = True
    for number, line in enumerate(text.splitlines(), 1):
        content = tidy(line)
        if content:
            yield Line(number, _BULLET.sub("- ", content), is_first)
        is_first = not content


def paragraphs(lines: tuple[Line, ...] | list[Line]) -> str:
    """Return lines as one text: a blank line between blocks, a line break within them."""
    parts = []
    for line in lines:
        parts.append("\n\n" if line.starts_block else "\n")
        parts.append(line.text)
    return "".join(parts[1:])
