"""Telling a comparison: as text for people, and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from pipeline.compare.comparison import KINDS, RecordChange, Side
from pipeline.findings.messages import shorten
from pipeline.records.history.history_fields import Difference, FieldValue, field_names

_LONGEST = 100
_BEFORE = 30
_MARKS = {"added": "+", "changed": "~", "withdrawn": "-", "merged": ">"}


def write_text(before: Side, after: Side, changes: Iterable[RecordChange], out: TextIO) -> int:
    """Write changes as lines for people, and how many there are; return that number."""
    out.write(f"From {before.name} to {after.name}\n")
    counts: Counter[str] = Counter()
    for change in changes:
        counts[change.kind] += 1
        out.writelines(f"{line}\n" for line in _lines(change))
    summary = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
    out.write(f"{summary or 'No difference'}.\n")
    return counts.total()


def _lines(change: RecordChange) -> Iterator[str]:
    rest = f" → {change.into}" if change.into else ""
    title = shorten(change.title, _LONGEST) or "(no title)"
    yield f"{_MARKS[change.kind]} {change.slug}: {title}{rest}"
    if change.kind == "changed" and not change.fields:
        yield "    what changed is not known: one of the releases is damaged"
    for difference in change.fields:
        name = field_names()[difference.field]["en"]
        same = _common_length(difference)
        yield from (f"    {name} - {_format_value(value, same)}" for value in difference.before)
        yield from (f"    {name} + {_format_value(value, same)}" for value in difference.after)
        if not difference.before and not difference.after:
            yield f"    {name}"


def _common_length(difference: Difference) -> int:
    """Return how many letters two long texts have in common at their beginning, at the end of a word."""
    texts = [value.text for value in (*difference.before, *difference.after)]
    if len(texts) != 2 or max(map(len, texts)) <= _LONGEST:
        return 0
    one, other = texts
    alike = next((at for at, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), len(one))
    start = min(alike, len(other)) - _BEFORE
    return texts[0].rfind(" ", 0, start) + 1 if start > 0 else 0


def _format_value(value: FieldValue, same: int) -> str:
    text = f"… {value.text[same:]}" if same else value.text
    return f"{shorten(text, _LONGEST)}{f' ({value.lang})' if value.lang else ''}"


def write_json(before: Side, after: Side, changes: Iterable[RecordChange], out: TextIO) -> int:
    """Write changes as one JSON document; return how many there are."""
    changes_by_kind: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
    for change in changes:
        changes_by_kind[change.kind].append(_as_json(change))
    document = {
        "from": before.name,
        "to": after.name,
        "summary": {kind: len(changes_by_kind[kind]) for kind in KINDS},
        **changes_by_kind,
    }
    out.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return sum(map(len, changes_by_kind.values()))


def _as_json(change: RecordChange) -> dict[str, object]:
    entry: dict[str, object] = {"slug": change.slug, "title": change.title}
    if change.kind == "changed":
        entry["fields"] = [
            {"field": each.field, "before": _values(each.before), "after": _values(each.after)}
            for each in change.fields
        ]
    return entry | ({"into": change.into} if change.into else {})


def _values(values: Sequence[FieldValue]) -> list[dict[str, str]]:
    return [{name: text for name, text in value._asdict().items() if text} for value in values]
