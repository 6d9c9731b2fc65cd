"""Applying corrections to the texts of rows, before anything is recognised in them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import Sentence, say, say_number, shorten
from pipeline.model.fields import LISTS
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.recognition.identity import slug_in
from pipeline.records.corrections.correction_lines import (
    Correction,
    CorrectionLines,
    collapse_spaces,
    read_corrections,
)
from pipeline.sources.headings.heading_table import fold_header
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.system.progress import Progress

_BETWEEN = re.compile(r"[|;\n]")
_LONGEST = 120

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Change:
    """The result of one pass for one field, and the lines that were used."""

    field: str
    text: str
    used: tuple[Correction, ...]


class Corrector:
    """Corrects rows, reports each correction, and knows which lines found nothing.

    Lines are applied until none fits any more, so that a corrected row stays as it is when it comes again.
    """

    def __init__(self, lines: CorrectionLines) -> None:
        self.lines = lines
        self._by_field: dict[str, dict[str, dict[str, Correction]]] = defaultdict(dict)
        self._by_right: dict[tuple[str, str], list[Correction]] = defaultdict(list)
        self._used: set[Correction] = set()
        for each in lines.corrections:
            self._by_field[each.field].setdefault(each.wrong, {})[each.scope] = each
            self._by_right[each.field, collapse_spaces(each.right)].append(each)

    def correct(self, row: Row, report: Callable[[Finding], None]) -> Row:
        """Return the row corrected; where lines lead in a circle, as it came."""
        if not self._by_field:
            return row
        if row.from_slug is not None:
            self._note_corrected_before(row.texts)
        texts, seen, changes = row.texts, [row.texts], list[_Change]()
        while applicable := tuple(self._changes(texts)):
            texts = _with(texts, applicable)
            changes += applicable
            self._used.update(line for change in applicable for line in change.used)
            if texts in seen:
                report(self._circle(row, changes))
                return row
            seen.append(texts)
        for field in dict.fromkeys(change.field for change in changes):
            report(self._change_finding(row, field, texts.get(field, ""), changes))
        return replace(row, texts=texts, corrections=self._lines_of(changes), keys=None) if changes else row

    @property
    def used(self) -> frozenset[Correction]:
        """Return the lines that matched something."""
        return frozenset(self._used)

    def take_over(self, used: Iterable[Correction]) -> None:
        """Note the lines that matched something where the same lines were applied to other rows."""
        self._used.update(used)

    @property
    def headings(self) -> Mapping[str, str]:
        """Return what the headings of columns mean: folded heading → field, empty for a column to be left out."""
        return {fold_header(line.heading): line.field for line in self.lines.headings}

    def unused_lines(self, headings: Iterable[str] = ()) -> Iterator[Finding]:
        """Yield a warning for each line that matched nothing; ``headings`` are those of the columns that were read."""
        seen = set(map(fold_header, headings)) if self.lines.headings else set()
        for heading in self.lines.headings:
            if heading.field and fold_header(heading.heading) not in seen:
                place = Place(self.lines.name, row=heading.row, value=heading.heading)
                yield finding_of(
                    "correction-unused/heading", place, heading=shorten(heading.heading, _LONGEST)
                )
        for line in self.lines.corrections:
            if line in self._used:
                continue
            place = Place(self.lines.name, row=line.row, value=line.wrong or None)
            scope = say(" of “{name}”", name=line.scope) if line.scope else ""
            value = f"“{shorten(line.wrong, _LONGEST)}”" if line.wrong else say("a blank")
            yield finding_of("correction-unused", place, field=line.field, scope=scope, value=value)

    def _changes(self, texts: Texts) -> Iterator[_Change]:
        """Yield what each field becomes in one pass over the row."""
        for field, lines in self._by_field.items():
            text = texts.get(field, "")
            change = _whole(field, text, lines, texts)
            if change is None and text and field in LISTS:
                change = _by_items(field, text, lines, texts)
            if change is not None and change.text != text:
                yield change

    def _note_corrected_before(self, texts: Texts) -> None:
        """A row kept from the last release was corrected then; its lines are not idle."""
        scopes = _scopes(texts)
        for field, text in texts.items():
            for item in (text, *_items(text)):
                for line in self._by_right.get((field, collapse_spaces(item)), ()):
                    if not line.scope or line.scope in scopes:
                        self._used.add(line)

    def _change_finding(self, row: Row, field: str, now: str, changes: list[_Change]) -> Finding:
        before = row.texts.get(field, "")
        what = say(
            "“{before}” was corrected to “{now}”",
            before=shorten(before, _LONGEST),
            now=shorten(now, _LONGEST),
        )
        if not before:
            what = say("the blank was filled with “{now}”", now=shorten(now, _LONGEST))
        elif not now:
            what = say("“{before}” was removed", before=shorten(before, _LONGEST))
        lines = self._where(changes, field)
        return finding_of("correction-applied", row.place_of(field), place=row.place, what=what, lines=lines)

    def _circle(self, row: Row, changes: list[_Change]) -> Finding:
        field = changes[-1].field
        place, lines = row.place_of(field), self._where(changes, field)
        return finding_of("correction-circular", place, place=row.place, field=field, lines=lines)

    def _lines_of(self, changes: list[_Change]) -> tuple[str, ...]:
        rows = sorted({line.row for change in changes for line in change.used})
        return tuple(f"{self.lines.name}#{row}" for row in rows)

    def _where(self, changes: list[_Change], field: str) -> Sentence:
        rows = sorted({line.row for change in changes if change.field == field for line in change.used})
        listed = ", ".join(map(str, rows))
        return say_number(
            "{file}, row {rows}", "{file}, rows {rows}", len(rows), file=self.lines.name, rows=listed
        )


NO_CORRECTIONS = Corrector(CorrectionLines(""))
"""Leaves every row as it is."""


def open_corrections(path: Path | None, progress: Progress) -> Corrector:
    """Return what applies the lines of a file, and say which file it is; without a path, there are none."""
    if path is None:
        return NO_CORRECTIONS
    lines = read_corrections(path)
    number = len(lines.corrections) + len(lines.joinings) + len(lines.headings)
    progress.note(
        say_number(
            "Corrections: {number} line of {path}.",
            "Corrections: {number} lines of {path}.",
            number,
            path=str(path),
        )
    )
    return Corrector(lines)


def _scopes(texts: Texts) -> frozenset[str]:
    """Return the names that a line may use for this row: its id, the slug of its page, its title."""
    names = (texts.get("id"), slug_in(texts.get("source_url", "")), texts.get("title"))
    return frozenset(collapse_spaces(name).casefold() for name in names if name)


def _whole(
    field: str, text: str, lines: Mapping[str, Mapping[str, Correction]], texts: Texts
) -> _Change | None:
    line = _fitting(lines.get(collapse_spaces(text)), texts)
    return _Change(field, line.right, (line,)) if line is not None else None


def _by_items(
    field: str, text: str, lines: Mapping[str, Mapping[str, Correction]], texts: Texts
) -> _Change | None:
    """Correct the items of a list one by one; an item that comes twice then stands once."""
    items: dict[str, None] = {}
    used: list[Correction] = []
    for item in _items(text):
        line = _fitting(lines.get(collapse_spaces(item)), texts)
        items.update(dict.fromkeys(_items(line.right) if line is not None else (item,)))
        used += [line] if line is not None else []
    return _Change(field, SEPARATOR.join(items), tuple(used)) if used else None


def _items(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, _BETWEEN.split(text))))


def _fitting(lines: Mapping[str, Correction] | None, texts: Texts) -> Correction | None:
    """Return the line for this very practice, else the one for all."""
    if not lines:
        return None
    return next((lines[scope] for scope in sorted(_scopes(texts)) if scope in lines), lines.get(""))


def _with(texts: Texts, changes: tuple[_Change, ...]) -> dict[str, str]:
    changed = {**texts, **{change.field: change.text for change in changes}}
    return {field: text for field, text in changed.items() if text}
