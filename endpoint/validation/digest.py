"""The digest: what the service's page shows of a report, small whatever was found."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from pipeline.findings import Finding, Severity
from pipeline.reports.grouping import Group, group
from pipeline.reports.ordered import Ordered
from pipeline.reports.outcome import Outcome
from pipeline.reports.rules import rule

LINES_OF_A_RULE = 25
"""So many lines of each rule are shown; all of them stand in every other form of the report."""


def write_digest(findings: Iterable[Finding], outcome: Outcome, stream: TextIO) -> None:
    """Write the numbers, the place to begin with, and the findings by rule, as JSON."""
    with Ordered(findings) as ordered:
        first = next(iter(ordered.worst_first()), None)
        groups = group(ordered.worst_first(), LINES_OF_A_RULE)
    numbers = outcome.accounting
    json.dump(
        {
            "accepted": outcome.accepted,
            "numbers": numbers.as_json(),
            "sentences": numbers.sentences(),
            "first": _place(first) if first is not None and numbers.violations else None,
            "files": len(outcome.paths),
            "rules": [_shown(each) for each in groups],
        },
        stream,
    )


def _place(finding: Finding) -> dict[str, Any] | None:
    return asdict(finding.place) if finding.place is not None else None


def _shown(each: Group) -> dict[str, Any]:
    stated = rule(each.code)
    return {
        "code": each.code,
        "severity": Severity(each.severity).value,
        "title": {"en": stated.title, "fr": stated.title_fr},
        "advice": {"en": stated.advice, "fr": stated.advice_fr},
        "example": stated.example,
        "is_shape": stated.component is not None,
        "count": each.count,
        "hidden": each.hidden,
        "lines": list(each.lines()),
    }
