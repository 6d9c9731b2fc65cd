"""Grouping: findings by rule, those with one cause on one line, all in bounded memory."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.findings.messages import mark_for_translation, say, shorten
from pipeline.findings.translation import in_language
from pipeline.model.finding import Finding, Place, Severity, Suggestion

_LONGEST_MESSAGE = 400
_MOST_RANGES = 8
# Greedy within the length of a name, since titles hold quotation marks and colons, too.
PRACTICE_NAME = re.compile(r"\A“.{1,80}”: ")
"""What a message on a practice begins with."""


@dataclass(slots=True)
class Ranges:
    """Row or line numbers, given in their order; ``count`` is how often one was given, or none if there is none."""

    count: int = 0
    _ranges: list[tuple[int, int]] = field(default_factory=list)

    def add(self, number: int | None) -> None:
        """Count one more row or line."""
        self.count += 1
        if number is None or (self._ranges and self._ranges[-1][1] == number):
            return
        if self._ranges and self._ranges[-1][1] == number - 1:
            self._ranges[-1] = (self._ranges[-1][0], number)
        elif len(self._ranges) <= _MOST_RANGES:
            self._ranges.append((number, number))

    def __str__(self) -> str:
        """Return the first ranges, as “2-5, 9, …”; empty if no number was given."""
        ranges = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in self._ranges[:_MOST_RANGES])
        return ranges + (", …" if len(self._ranges) > _MOST_RANGES else "")


@dataclass(slots=True)
class ReportEntry:
    """Findings that say the same of one column: the first of them, and the rows or lines it holds for."""

    finding: Finding
    message: str
    bare: str
    rows: Ranges = field(default_factory=Ranges)

    @property
    def in_table(self) -> bool:
        """Return whether ``rows`` are rows; else they are lines."""
        return self.finding.place is not None and self.finding.place.row is not None

    def line(self, language: str) -> tuple[str, str]:
        """Return place and message; where there are several, the message of no practice but of them all."""
        place = clickable(self.finding.place)
        if self.rows.count == 1:
            return place, self.message
        where = mark_for_translation("{message} ({number} times)")
        if str(self.rows):
            where = mark_for_translation("{message} ({number} times: lines {rows})")
            if self.in_table:
                where = mark_for_translation("{message} ({number} times: rows {rows})")
        times = say(where, message=self.bare, number=self.rows.count, rows=str(self.rows))
        return place, in_language(times, language)


@dataclass(slots=True)
class Group:
    """All findings of one rule: the first few lines of them, and how many findings those leave out."""

    severity: Severity
    code: str
    language: str = "en"
    urgency: int = 0
    count: int = 0
    hidden: int = 0
    entries: dict[tuple[str, str], ReportEntry] = field(default_factory=dict)

    def add(self, finding: Finding, most: int) -> None:
        """Count a finding and keep it if there is room."""
        self.count += 1
        place = finding.place
        message = with_suggestion(without_place(finding.message, place), finding.suggestion, self.language)
        bare = PRACTICE_NAME.sub("", message)
        key = (f"{place.file}#{place.sheet}:{place.column}" if place else "", bare)
        entry = self.entries.get(key)
        if entry is None:
            if len(self.entries) >= most:
                self.hidden += 1
                return
            entry = self.entries[key] = ReportEntry(finding, printable(message), printable(bare))
        entry.rows.add(row_or_line(place))

    def fold(self, most: int) -> None:
        """Leave out all lines but the first few."""
        for key in list(self.entries)[most:]:
            self.hidden += self.entries.pop(key).rows.count

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield place and message of each line."""
        return (entry.line(self.language) for entry in self.entries.values())


def group(findings: Iterable[Finding], most: int, language: str = "en") -> tuple[Group, ...]:
    """Return the findings by rule, the most urgent first, otherwise in the order in which the rules were met.

    The findings are in the language already, which is that of what is added here.
    """
    groups: dict[tuple[Severity, str], Group] = {}
    for finding in findings:
        key = (finding.severity, finding.code)
        groups.setdefault(key, Group(*key, language, finding.urgency)).add(finding, most)
    return tuple(sorted(groups.values(), key=lambda each: each.urgency))


def row_or_line(place: Place | None) -> int | None:
    """Return the number of the row or, where there is no table, of the line of a place."""
    if place is None:
        return None
    return place.row if place.row is not None else place.line


def clickable(place: Place | None) -> str:
    """Return the place as editors and terminals link it: ``practices.csv:17:date``."""
    if place is None:
        return ""
    file = place.file if place.sheet is None else f"{place.file}#{place.sheet}"
    parts = (file, row_or_line(place), place.character, place.pointer, place.column)
    return printable(":".join(str(part) for part in parts if part is not None))


def printable(text: str) -> str:
    """Return the text on one line, shortened, what a terminal would obey or hide written as an escape."""
    flat = shorten(text, _LONGEST_MESSAGE)
    if flat.isprintable():
        return flat
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in flat)


def without_place(message: str, place: Place | None) -> str:
    """Return the message without the place it begins with, which is beside it."""
    if place is None or not message.startswith(place.file):
        return message
    rest = message.removeprefix(place.file)
    if not rest.startswith((":", " :", ",")):
        return message
    return rest.partition(": ")[2] or message


def with_suggestion(message: str, suggestion: Suggestion | None, language: str = "en") -> str:
    """Return the message, followed by a suggestion unless it has one."""
    if suggestion is None or suggestion.value in message:
        return message
    perhaps = say("{message} Perhaps “{value}” is meant.", message=str(message), value=suggestion.value)
    return in_language(perhaps, language)
