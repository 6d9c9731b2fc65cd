"""The report as SARIF 2.1.0, for the code-scanning pages of GitHub, GitLab and others."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from pipeline import __version__
from pipeline.findings.accounting import Verdict
from pipeline.findings.messages import say, say_number, without_surrogates
from pipeline.findings.reports.finding_order import OrderedFindings
from pipeline.findings.reports.grouping import with_suggestion
from pipeline.findings.reports.outcome import ReportOutcome, locate
from pipeline.findings.reports.rules import rule, rule_page
from pipeline.model.finding import Finding, Place, Severity
from pipeline.system.data_files import text_of

MOST_RESULTS = 25_000
"""GitHub refuses a run with more results; the worst are kept."""

_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}
_LONGEST_NAME = 200


def write_sarif(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write one run: its results the worst first, then the tool with the rules these name."""
    document = json.loads(text_of(__package__, "sarif.json"))
    (run,) = document.pop("runs")
    rules: dict[str, tuple[int, str]] = {}
    address = cache(partial(_address, outcome, Path.cwd()))
    stream.write(json.dumps(document)[:-1] + ',\n"runs": [{"results": [')
    with OrderedFindings(findings) as ordered:
        separator = "\n"
        for finding in islice(ordered.worst_first(), MOST_RESULTS):
            stream.write(separator + _json(_result(finding, rules, address, outcome.language)))
            separator = ",\n"
        left_out = len(ordered) - MOST_RESULTS
    run["language"] = outcome.language
    run["tool"]["driver"] |= {
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code, level, outcome) for code, (_, level) in rules.items()],
    }
    run["properties"] = {"verdict": outcome.verdict}
    run["invocations"][0]["executionSuccessful"] = outcome.verdict is not Verdict.NOT_FULLY_CHECKED
    if left_out > 0:
        run["invocations"][0]["toolExecutionNotifications"] = [_truncation_notice(left_out, outcome)]
    stream.write("\n],\n" + _json(run)[1:] + "]}\n")


def _rule(code: str, level: str, outcome: ReportOutcome) -> dict[str, object]:
    known = rule(code)
    title, to_do = known.texts_in(outcome.language)
    example = outcome.say(say("Example: {value}", value=known.example)) if known.example else ""
    advice = " ".join(filter(None, (to_do, example)))
    name = "".join(part.capitalize() for part in code.split("-"))
    page = rule_page(code, outcome.rules)
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": f"{title}."},
        "fullDescription": {"text": f"{title}. {to_do}".strip()},
        "help": {"text": advice or f"{title}."},
        **({"helpUri": page} if page else {}),
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["data-quality"], "problem.severity": _PROBLEM_SEVERITIES[level]},
    }


def _result(
    finding: Finding, rules: dict[str, tuple[int, str]], address: Callable[[str], str], language: str
) -> dict[str, object]:
    """Return a result; its rule gets its number, and the level of its worst finding, which comes first."""
    index, _ = rules.setdefault(finding.code, (len(rules), level(finding)))
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": level(finding),
        "message": {"text": with_suggestion(finding.message, finding.suggestion, language)},
        "locations": [_location(finding.place or Place(""), address)],
        "partialFingerprints": {"primaryLocationLineHash": f"{_fingerprint(finding)}:1"},
    }


def level(finding: Finding) -> str:
    """Return the level of a finding; that something was not checked must not pass a code-scanning service."""
    return "error" if finding.is_unchecked else _LEVELS[finding.severity]


def _location(place: Place, address: Callable[[str], str]) -> dict[str, object]:
    region = {"startLine": max(1, place.row or place.line or 1)}
    column = place.column if isinstance(place.column, int) else place.character
    if column is not None:
        region["startColumn"] = max(1, column)
    location: dict[str, object] = {
        "physicalLocation": {"artifactLocation": {"uri": address(place.file)}, "region": region}
    }
    logical = list(_logical(place))
    return location | {"logicalLocations": logical} if logical else location


def _logical(place: Place) -> Iterator[dict[str, str]]:
    """Yield where in the file, where a line and column do not say it: sheet, named column, JSON Pointer."""
    if place.sheet is not None:
        yield {"name": place.sheet[:_LONGEST_NAME], "kind": "namespace"}
    if isinstance(place.column, str):
        yield {"name": place.column[:_LONGEST_NAME], "kind": "member"}
    if place.pointer is not None:
        yield {"fullyQualifiedName": place.pointer[:_LONGEST_NAME], "kind": "object"}


def _address(outcome: ReportOutcome, here: Path, file: str) -> str:
    """Return a file as a reference from the root of its repository; no file stands for the first.

    A file outside of it has an absolute address.
    """
    if outcome.addresses:
        given = Path(locate(outcome.addresses, file))
        return ("file://" if given.is_absolute() else "") + _quote_path(given)
    given = Path(outcome.paths.get(file, file) or next(iter(outcome.paths.values()), "sources"))
    if given.is_absolute():
        given = given.relative_to(here) if given.is_relative_to(here) else Path(given.name)
    return _quote_path(given)


def _quote_path(path: Path) -> str:
    return quote(path.as_posix().encode("utf-8", "replace"))


def _fingerprint(finding: Finding) -> str:
    """Return what stays when rows move: rule, practice, file, column and text, but no number of a row."""
    place = finding.place or Place("")
    parts = (finding.code, finding.focus, place.file, place.sheet, place.column, place.pointer, place.value)
    message = finding.message if finding.focus is None and place.value is None else ""
    return sha256(repr((parts, message)).encode()).hexdigest()[:16]


def _truncation_notice(number: int, outcome: ReportOutcome) -> dict[str, object]:
    sentence = say_number(
        "{number} more finding is left out, since code-scanning services take {most}.",
        "{number} more findings are left out, since code-scanning services take {most}.",
        number,
        most=MOST_RESULTS,
    )
    return {"level": "warning", "message": {"text": outcome.say(sentence)}}


def _json(value: object) -> str:
    return without_surrogates(json.dumps(value, ensure_ascii=False))
