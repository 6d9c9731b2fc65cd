"""Sources whose parser runs in a limited child: its rows and findings come back as they are read."""

import importlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import encode_value, message_of, say_number
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.model.rows import Row
from pipeline.sources.files.opening import survey
from pipeline.sources.files.own_headings import own_headings, with_headings
from pipeline.sources.files.source import LATE_LIMIT, LONGEST_TEXT
from pipeline.system.limited_child import ChildLimits, run_limited


@dataclass(frozen=True, slots=True)
class Blank:
    """So many empty rows."""

    count: int = 1


Event = Row | Finding | Blank
"""What a parser yields: rows, what it found, and how many rows were empty."""


class EventSource(ABC):
    """A source that a parser reads: it counts the rows among the events, and keeps the findings.

    Of the findings of one code, a thousand are kept, and of the others the number.
    """

    def __init__(self, name: str, sha256: str, size: int, findings: tuple[Finding, ...] = ()) -> None:
        self.name, self.findings = name, findings
        self.sha256, self.bytes = sha256, size
        self.row_count = self.blank = 0
        self._late: list[Finding] = []
        self._counts: Counter[str] = Counter()

    @property
    def late(self) -> tuple[Finding, ...]:
        """Return the findings that reading the rows brought up, in order."""
        return (*self._late, *(self._more(code) for code, seen in self._counts.items() if seen > LATE_LIMIT))

    def rows(self) -> Iterator[Row]:
        """Yield the rows with content."""
        self.row_count = self.blank = 0
        self._late, self._counts = [], Counter()
        for event in self._events():
            if isinstance(event, Row):
                self.row_count += not event.is_further
                yield event
            elif isinstance(event, Blank):
                self.row_count += event.count
                self.blank += event.count
            else:
                self._note(event)

    def _note(self, finding: Finding) -> None:
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= LATE_LIMIT:
            self._late.append(finding)

    def _more(self, code: str) -> Finding:
        more = self._counts[code] - LATE_LIMIT
        message = say_number(
            '{file} has {number} more row of the kind "{code}". Correct the first ones and check again.',
            '{file} has {number} more rows of the kind "{code}". Correct the first ones and check again.',
            more,
            file=self.name,
            code=code,
        )
        return Finding(Severity.WARNING, code, message, Place(self.name))

    @abstractmethod
    def _events(self) -> Iterator[Event]:
        """Yield the events of the parser."""


class ParsedSource(EventSource):
    """A file read by a parser in a limited child; all its findings come while the rows are read."""

    def __init__(self, path: Path, name: str, parser: str, limits: ChildLimits | None = None) -> None:
        surveyed = survey(path, name)
        super().__init__(name, surveyed.sha256, surveyed.size)
        self._path = path
        self._parser = parser
        self._limits = limits or ChildLimits.for_bytes(surveyed.size)
        self._state = _state(path)

    def _events(self) -> Iterator[Event]:
        """Yield the events of the parser; raise SourceError where the file has changed meanwhile."""
        arguments = (self._parser, str(self._path), self.name, json.dumps(dict(own_headings())))
        yield from map(decoded_event, run_limited(encoded_events, arguments, self._limits, self.name))
        if _state(self._path) != self._state:
            raise SourceError(f"{self.name} changed while it was read. Try again when nobody writes to it.")
        if self.row_count == self.blank and not self.late:
            yield finding_of("rows-missing/file", Place(self.name))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def encoded_events(parser: str, path: str, name: str, headings: str) -> Iterator[list[Any]]:
    """Yield the events of a parser as JSON can contain them; called in the child."""
    read: Callable[[Path, str], Iterator[Event]] = importlib.import_module(parser).read
    with with_headings(json.loads(headings)):
        for event in read(Path(path), name):
            if isinstance(event, Row):
                _refuse_long_texts(event)
            yield encoded_event(event)


def _refuse_long_texts(row: Row) -> None:
    texts = (*row.raw.items(), *row.texts.items())
    name = next((name for name, text in texts if len(text) > LONGEST_TEXT), None)
    if name is not None:
        raise SourceError(f"{row.place}: “{name}” has more than {LONGEST_TEXT:,} characters. Shorten it.")


def encoded_event(event: Event) -> list[Any]:
    """Return an event as JSON can contain it."""
    match event:
        case Row():
            texts = (dict(event.texts), dict(event.columns), dict(event.raw))
            spots = dict(event.spots) if event.spots else None
            further = (event.is_further, event.aside, event.headed_in)
            return ["row", _place(event.place), *texts, event.origin, spots, *further]
        case Blank():
            return ["blank", event.count]
        case Finding(suggestion=suggestion):
            place = _place(event.place) if event.place else None
            value = [suggestion.value, suggestion.confidence] if suggestion else None
            message = encode_value(event.message)
            return ["finding", event.severity, event.code, message, place, event.focus, event.path, value]


def _place(place: Place) -> list[Any]:
    known = (place.file, place.sheet, place.row, place.column, place.value, place.line)
    return [*known, place.pointer, place.character, place.record_line]


def decoded_event(event: list[Any]) -> Event:
    """Return the event that JSON held."""
    match event:
        case ["row", place, texts, columns, raw, origin, spots, further, aside, headed_in]:
            kinds = {"is_further": further, "aside": aside, "headed_in": headed_in}
            return Row(Place(*place), texts, columns, raw, origin, spots=spots, **kinds)
        case ["blank", count]:
            return Blank(count)
        case ["finding", severity, code, message, place, focus, path, suggestion]:
            told, where = message_of(message), Place(*place) if place else None
            value = Suggestion(*suggestion) if suggestion else None
            return Finding(Severity(severity), code, told, where, focus, path, value)
    raise ValueError(f"no such event: {event!r}")
