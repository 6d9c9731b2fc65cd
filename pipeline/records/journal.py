"""The journal: all findings of a build or a validation, on disk and in order, and counted."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.findings.messages import encode_value, message_of
from pipeline.findings.reports.json_report import finding_as_json
from pipeline.model.finding import Finding, Place, Severity, Suggestion


class Journal:
    """Findings as they are made; an equal finding is written once, however many rows share its cause."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+", encoding="utf-8", errors="surrogatepass")
        self._shared: set[Finding] = set()
        self._path = path
        self.shacl_results = 0
        self.counts: Counter[Severity] = Counter()
        self.codes: Counter[tuple[Severity, str]] = Counter()

    def add(self, finding: Finding) -> None:
        """Write a finding down, unless it holds for a whole file and is there already."""
        if finding.place is None or (finding.place.row is None and finding.place.line is None):
            if finding in self._shared:
                return
            self._shared.add(finding)
        self.counts[finding.severity] += 1
        self.codes[finding.severity, finding.code] += 1
        stored = finding_as_json(finding) | {"message": encode_value(finding.message)}
        if finding.suggestion is not None:
            stored["suggestion"] = [encode_value(finding.suggestion.value), finding.suggestion.confidence]
        self._file.write(json.dumps(stored) + "\n")

    def __iter__(self) -> Iterator[Finding]:
        """Yield all findings in the order in which they were made."""
        yield from findings_in(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield the findings as lines of text, for ``findings_in``."""
        self._file.flush()
        with self._path.open(encoding="utf-8", errors="surrogatepass") as lines:
            yield from lines

    def close(self) -> None:
        """Close the file; it may then be deleted."""
        self._file.close()


def findings_in(lines: Iterable[str]) -> Iterator[Finding]:
    """Yield the findings in lines of a journal."""
    for line in lines:
        yield _finding(json.loads(line))


def _finding(stored: dict[str, Any]) -> Finding:
    """Return the finding in a line of the journal."""
    place = stored.get("place")
    suggestion = stored.get("suggestion")
    return Finding(
        Severity(stored["severity"]),
        stored["code"],
        message_of(stored["message"]),
        Place(**place) if place is not None else None,
        stored.get("focus"),
        stored.get("path"),
        Suggestion(message_of(suggestion[0]), suggestion[1]) if suggestion is not None else None,
    )
