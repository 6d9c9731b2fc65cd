"""The result of reading a source, in the form of expected.json files."""

import json
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.sources.files.sandboxed_source import Blank, Event, decoded_event, encoded_event
from pipeline.sources.readers import read_source
from pipeline.sources.structured import json_source, rdf_source
from pipeline.sources.tables import xlsx

CASES = Path(__file__).parent / "cases"
_PARSERS: dict[str, ModuleType] = {
    ".xlsx": xlsx,
    **dict.fromkeys((".json", ".jsonl"), json_source),
    **dict.fromkeys(rdf_source.SUFFIXES, rdf_source),
}


def where(place: Place | None) -> str:
    return str(place).partition(", ")[2] if place is not None else ""


def said(finding: Finding) -> str:
    parts = [finding.severity.value, finding.code, where(finding.place)]
    parts += [f"-> {finding.suggestion.value}"] if finding.suggestion else []
    return " ".join(filter(None, parts))


def parsed(path: Path) -> dict[str, Any]:
    """Read a file with its parser in this process, as the child would, and return the outcome."""
    events: Iterable[Event] = _PARSERS[path.suffix].read(path, path.name)
    try:
        return _outcome(
            [decoded_event(json.loads(json.dumps(encoded_event(event)))) for event in events], path.name
        )
    except SourceError as error:
        return {"refused": str(error)}


def outcome(path: Path) -> dict[str, Any]:
    """Read a file as a build does, and return the outcome."""
    try:
        source = read_source(path)
        rows = list(source.rows())
    except SourceError as error:
        return {"refused": str(error)}
    assert source.row_count == sum(not row.is_further for row in rows) + source.blank
    return _outcome([*source.findings, *rows, Blank(source.blank), *source.late], path.name)


def _outcome(events: list[Event], name: str) -> dict[str, Any]:
    rows = [event for event in events if isinstance(event, Row)]
    findings = [event for event in events if isinstance(event, Finding)]
    assert len({str(row.place) for row in rows}) == len(rows), "no two rows share a place"
    for finding in findings:
        assert finding.message.startswith(name)
        assert finding.message.endswith((".", "?"))
    return {
        "rows": {where(row.place): dict(row.texts) for row in rows},
        "blank": sum(event.count for event in events if isinstance(event, Blank)),
        "findings": [said(finding) for finding in findings],
    }


def cases(kind: str) -> list[Path]:
    return sorted(path for path in (CASES / kind).iterdir() if path.is_dir())


def expected(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return found
