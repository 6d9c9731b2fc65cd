"""Catalogue pages as a source: a saved page, or its text, whose practices are rows."""

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from hashlib import sha256
from pathlib import Path

from pipeline.findings.messages import Sentence, say, say_number
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row
from pipeline.sources.files.decoding import detect_encoding
from pipeline.sources.files.mhtml import is_mhtml, page_in
from pipeline.sources.files.opening import survey
from pipeline.sources.files.sandboxed_source import ParsedSource
from pipeline.sources.files.source import Source
from pipeline.sources.pages.menus import Menus
from pipeline.sources.pages.page_document import is_markup, read_bytes, read_document
from pipeline.sources.pages.page_lines import read_text
from pipeline.sources.pages.page_records import PageReading, is_of_catalogue, read_pages
from pipeline.sources.tables.delimited import DelimitedSource


class _OtherPageError(SourceError):
    """Raised for a page that is not of the catalogue."""


class PageSource:
    """A page of the catalogue, or several in one text file: each practice on it is a row."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.row_count = self.blank = 0
        content = read_bytes(path, name)
        self.sha256, self.bytes = sha256(content).hexdigest(), len(content)
        document = read_document(path, name, content, self.sha256)
        if not is_of_catalogue(document):
            raise _OtherPageError(
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


def open_page(path: Path, name: str) -> Source:
    """Return a saved page of the catalogue, or the tables of another page."""
    try:
        return PageSource(path, name)
    except _OtherPageError:
        if not _has_table(read_bytes(path, name)):
            raise
        return ParsedSource(path, name, "pipeline.sources.tables.html_tables")


def _has_table(content: bytes) -> bool:
    page = page_in(content) if is_mhtml(content[:256]) else content.decode("latin1")
    return "<table" in (page or "").lower()


def is_page(text: str) -> bool:
    """Return whether a text, or its beginning, is that of a catalogue page."""
    return is_of_catalogue(read_text(text))


def open_text(path: Path, name: str) -> Source:
    """Return a text file as the catalogue page it contains, else as a table."""
    surveyed = survey(path, name)
    encoding = detect_encoding(surveyed)
    text = surveyed.head.decode(encoding.codec, "replace")
    if is_markup(surveyed.head[:256]) or is_page(text):
        return open_page(path, name)
    return DelimitedSource(path, name)


def _rows(readings: tuple[PageReading, ...], name: str) -> Iterator[Row]:
    entries = [entry for reading in readings for entry in reading.entries]
    on_line = Counter(entry.number for entry in entries)
    for number, entry in enumerate(entries, 1):
        # A page that was saved as one long line: a line of its own is what tells an entry from the others.
        is_alone = on_line[entry.number] == 1
        place = Place(name, line=entry.number) if is_alone else Place(name, pointer=f"entry {number}")
        yield Row(place, entry.texts, {}, dict(entry.texts))


def _findings(readings: tuple[PageReading, ...], name: str) -> Iterator[Finding]:
    place = Place(name)
    count = sum(len(reading.entries) for reading in readings)
    if not count:
        message = say(
            "{file} is a page of the catalogue, but it has no practice. Save the page again.", file=name
        )
        yield Finding(Severity.WARNING, "rows-missing", message, place)
    else:
        yield Finding(Severity.INFO, "page-read-as", _read_as(readings, name, count), place)
    menus = reduce(Menus.plus, (reading.menus for reading in readings), Menus())
    if menus.total:
        message = say(
            "{file}: the filter menus of the page ({menus}) are not values of a practice and were left out.",
            file=name,
            menus=menus.counted(),
        )
        yield Finding(Severity.INFO, "menus-left-out", message, place)
    for reading in readings:
        if reading.left:
            yield _left_out(reading, name)


def _read_as(readings: tuple[PageReading, ...], name: str, count: int) -> Sentence:
    lists = sum(1 for reading in readings if reading.is_listing)
    kind = (
        say("a list") if lists == len(readings) == 1 else say("a page") if not lists else say("several pages")
    )
    return say_number(
        "{file} was read as {kind} of the catalogue with {number} practice.",
        "{file} was read as {kind} of the catalogue with {number} practices.",
        count,
        file=name,
        kind=kind,
    )


def _left_out(reading: PageReading, name: str) -> Finding:
    first = reading.left[0]
    place = Place(name, line=first.number, value=first.text)
    excerpt = first.text if len(first.text) <= 60 else first.text[:59] + "…"
    message = say_number(
        "{place}: a line belongs to no practice, beginning with “{text}”, and was left out.",
        "{place}: {number} lines belong to no practice, beginning with “{text}”, and were left out.",
        len(reading.left),
        place=place,
        text=excerpt,
    )
    return Finding(Severity.INFO, "page-lines-left-out", message, place)
