"""Catalogue pages as a source: a saved page, or its text, whose practices are rows."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import Sentence, say
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.sources.files.decoding import detect_encoding
from pipeline.sources.files.opening import survey
from pipeline.sources.files.sandboxed_source import EventSource, ParsedSource
from pipeline.sources.files.source import Source
from pipeline.sources.files.web_page import is_mhtml, page_in
from pipeline.sources.pages.menus import Menus, describe_counts
from pipeline.sources.pages.page_document import is_markup, read_bytes, read_document
from pipeline.sources.pages.page_lines import read_text
from pipeline.sources.pages.page_records import PageReading, is_of_catalogue, read_pages
from pipeline.sources.tables.delimited import DelimitedSource


class _OtherPageError(SourceError):
    """Raised for a page that is not of the catalogue."""


class PageSource(EventSource):
    """A page of the catalogue, or several in one text file: each practice on it is a row."""

    def __init__(self, path: Path, name: str) -> None:
        content = read_bytes(path, name)
        digest = sha256(content).hexdigest()
        document = read_document(path, name, content, digest)
        if not is_of_catalogue(document):
            raise _OtherPageError(
                f"{name} is no page of the good practice catalogue: neither its introduction, nor the link "
                "to the template, the filter menus, or practices with a country and “Read More” were found. "
                "Save the page of the practice, or the list, as a whole."
            )
        readings = tuple(read_pages(document))
        self._rows = tuple(_rows(readings, name))
        super().__init__(name, digest, len(content), tuple(_findings(readings, name)))

    def _events(self) -> Iterator[Row]:
        return iter(self._rows)


def open_page(path: Path, name: str) -> Source:
    """Return a saved page of the catalogue, or the tables of another page."""
    try:
        return PageSource(path, name)
    except _OtherPageError:
        content = read_bytes(path, name)
        page = page_in(content) if is_mhtml(content[:256]) else content.decode("latin1")
        if "<table" not in (page or "").lower():
            raise
        return ParsedSource(path, name, "pipeline.sources.tables.html_tables")


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
        yield finding_of("rows-missing/page", place)
    else:
        yield finding_of("page-read-as", place, kind=_kind(readings), number=count)
    menus = sum((reading.menus for reading in readings), Menus())
    if menus:
        yield finding_of("menus-left-out", place, menus=describe_counts(menus))
    for reading in readings:
        if reading.rest:
            first = reading.rest[0]
            where = Place(name, line=first.number, value=first.text)
            text = first.text if len(first.text) <= 60 else first.text[:59] + "…"
            yield finding_of("page-lines-left-out", where, number=len(reading.rest), text=text)


def _kind(readings: tuple[PageReading, ...]) -> Sentence:
    lists = sum(1 for reading in readings if reading.is_listing)
    if not lists:
        return say("a page")
    return say("a list") if lists == len(readings) == 1 else say("several pages")
