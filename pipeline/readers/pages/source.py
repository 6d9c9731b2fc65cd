"""Catalogue pages as a source: a saved page, or its text, whose practices are rows."""

import re
from collections.abc import Iterator
from functools import reduce
from hashlib import sha256
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.findings import Finding, Place, Severity
from pipeline.readers.decoding import detect_encoding
from pipeline.readers.delimited import DelimitedSource
from pipeline.readers.opening import opened, survey
from pipeline.readers.pages.html import read_html
from pipeline.readers.pages.lines import Document, read_text
from pipeline.readers.pages.menus import Menus
from pipeline.readers.pages.reading import PageReading, is_of_catalogue, read_pages
from pipeline.readers.source import Source
from pipeline.rows import Row

LARGEST = 20 * 1024 * 1024
"""Bytes of a page; the longest of the catalogue, with 75 practices, has half a megabyte."""

_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|p|article|main|h1)\b", re.I)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{1,40})", re.I)
_OTHER = (
    (b"%PDF", "a page saved as PDF, in which titles, dates and texts cannot be told apart"),
    (b"PK\x03\x04", "a ZIP file or an office document, not a page"),
    (b"\xd0\xcf\x11\xe0", "an old office document, not a page"),
    (b"bplist", "a web archive of a browser, not a page"),
    (b"MIME-Version", "a page saved as one archive file (MHTML)"),
    (b"From: <Saved by", "a page saved as one archive file (MHTML)"),
    (b"{\\rtf", "a rich text document, not a page"),
)
_ADVICE = "Open the page in a browser and save it as HTML, or copy its text into a .txt file."


class PageSource:
    """A page of the catalogue, or several in one text file: each practice on it is a row."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.row_count = self.blank = 0
        content = _content(path, name)
        self.sha256, self.bytes = sha256(content).hexdigest(), len(content)
        document = _document(path, name, content)
        if not is_of_catalogue(document):
            raise SourceError(
                f"{name} is no page of the good practice catalogue: neither its introduction, nor the link "
                "to the template, the filter menus, or practices with a country and “Read More” were found. "
                "Save the page of the practice, or the list, as a whole."
            )
        readings = tuple(read_pages(document))
        self._rows = tuple(_rows(readings, name))
        self.findings = tuple(_findings(readings, name))

    @property
    def late(self) -> tuple[Finding, ...]:
        """Return nothing: a page is read at once, so its findings stand from the beginning."""
        return ()

    def rows(self) -> Iterator[Row]:
        """Yield a row for each practice of the page."""
        self.row_count = len(self._rows)
        yield from self._rows


def is_page(text: str) -> bool:
    """Tell whether a text, or its beginning, is that of a catalogue page."""
    return is_of_catalogue(read_text(text))


def open_text(path: Path, name: str) -> Source:
    """Return a text file as the catalogue page it holds, else as a table."""
    found = survey(path, name)
    encoding = detect_encoding(found)
    text = found.head.decode(encoding.codec, "replace")
    if _MARKUP.match(found.head.lstrip()) or is_page(text):
        return PageSource(path, name)
    return DelimitedSource(path, name)


def _content(path: Path, name: str) -> bytes:
    with opened(path, name) as file:
        content: bytes = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise SourceError(f"{name} has more than {LARGEST // 2**20} MB, too much for a page. {_ADVICE}")
    kind = next((kind for start, kind in _OTHER if content.lstrip()[:32].startswith(start)), None)
    if kind is not None:
        raise SourceError(f"{name} is {kind}. {_ADVICE}")
    return content


def _document(path: Path, name: str, content: bytes) -> Document:
    encoding = detect_encoding(survey(path, name))
    text = content.decode(encoding.codec, encoding.errors)
    if path.suffix.lower() != ".txt" or _MARKUP.match(content.lstrip()):
        declared = _CHARSET.search(content[:4096])
        if declared and not encoding.certain:
            text = _decoded(content, declared[1].decode("ascii")) or text
        return read_html(text.encode("utf-8", "replace"), "utf-8", name)
    return read_text(text)


def _decoded(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (LookupError, UnicodeDecodeError):
        return None


def _rows(readings: tuple[PageReading, ...], name: str) -> Iterator[Row]:
    for reading in readings:
        for entry in reading.entries:
            yield Row(Place(name, line=entry.number), entry.texts, {}, dict(entry.texts))


def _findings(readings: tuple[PageReading, ...], name: str) -> Iterator[Finding]:
    place = Place(name)
    count = sum(len(reading.entries) for reading in readings)
    if not count:
        message = f"{name} is a page of the catalogue, but no practice stands on it. Save the page again."
        yield Finding(Severity.WARNING, "rows-missing", message, place)
    else:
        yield Finding(Severity.INFO, "page-read-as", _read_as(readings, name, count), place)
    menus = reduce(Menus.plus, (reading.menus for reading in readings), Menus())
    if menus.total:
        message = (
            f"{name}: the filter menus of the page ({menus}) are not values of a practice and were left out."
        )
        yield Finding(Severity.INFO, "menus-left-out", message, place)
    for reading in readings:
        if reading.left:
            yield _left_out(reading, name)


def _read_as(readings: tuple[PageReading, ...], name: str, count: int) -> str:
    lists = sum(1 for reading in readings if reading.is_listing)
    kind = "a list" if lists == len(readings) == 1 else "a page" if not lists else "several pages"
    noun = "practice" if count == 1 else "practices"
    return f"{name} was read as {kind} of the catalogue with {count} {noun}."


def _left_out(reading: PageReading, name: str) -> Finding:
    first = reading.left[0]
    place = Place(name, line=first.number, value=first.text)
    shown = first.text if len(first.text) <= 60 else first.text[:59] + "…"
    count = len(reading.left)
    lines = "a line belongs" if count == 1 else f"{count} lines belong"
    message = f"{place}: {lines} to no practice, beginning with “{shown}”, and was left out."
    return Finding(
        Severity.INFO,
        "page-lines-left-out",
        message.replace("and was", "and were" if count > 1 else "and was"),
        place,
    )
