"""Validating: data given as text, checked by the site's validation service, with the most serious problems first."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from endpoint.agents.presentation import shorten
from endpoint.agents.site_client import Refusal, SiteClient, encode_text
from endpoint.agents.tool_results import CheckFinding, CheckVerdict

DataFormat = Literal["guess", "csv", "tsv", "json", "jsonl", "turtle", "jsonld", "ntriples", "trig", "rdfxml"]

MOST_DATA = 1_000_000
MOST_FINDINGS = 40

_MEDIA_TYPES: Mapping[str, str] = {
    "guess": "application/octet-stream",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "turtle": "text/turtle",
    "jsonld": "application/ld+json",
    "ntriples": "application/n-triples",
    "trig": "application/trig",
    "rdfxml": "application/rdf+xml",
}
_SEVERITIES = ("violation", "warning", "info")
_LONGEST_MESSAGE = 600


async def check(
    site: SiteClient, data: str, data_format: str, language: str, *, is_strict: bool
) -> CheckVerdict:
    """Return the verdict on data; raise Refusal if there is nothing to check."""
    content = encode_text(data)
    if not data.strip():
        raise Refusal("There is no data. Put the text of a table, of JSON or of RDF into “data”.")
    if len(content) > MOST_DATA:
        raise Refusal(
            f"The data has {len(content):,} bytes; at most {MOST_DATA:,} are checked here. "
            "Check a part, or the whole file with “practicegraph validate FILE”."
        )
    parameters = [("format", "json"), ("lang", language)] + ([("strict", "true")] if is_strict else [])
    response = await site.post(
        "validate", content, _MEDIA_TYPES[data_format], parameters=parameters, language=language
    )
    return _verdict(response.json())


def as_text(verdict: CheckVerdict) -> str:
    """Return a verdict as Markdown."""
    counts = f"{verdict.violations} violations, {verdict.warnings} warnings, {verdict.infos} remarks"
    lines = [
        f"Verdict: {verdict.verdict}. {verdict.practices} practices can be published. {counts}.",
        verdict.note,
    ]
    for finding in verdict.findings:
        place = f" at {finding.place}" if finding.place else ""
        lines += [f"- {finding.severity} `{finding.code}`{place}: {finding.message}"]
        lines += [f"  Suggestion: {finding.suggestion}"] if finding.suggestion else []
        lines += [f"  {finding.advice}"] if finding.advice else []
    return "\n".join(filter(None, lines))


def _verdict(report: Mapping[str, Any]) -> CheckVerdict:
    findings: list[Mapping[str, Any]] = sorted(
        report["findings"], key=lambda finding: _SEVERITIES.index(finding["severity"])
    )
    summary = report["summary"]
    return CheckVerdict(
        verdict=report["verdict"],
        practices=summary.get("practices", 0),
        violations=summary.get("violations", 0),
        warnings=summary.get("warnings", 0),
        infos=summary.get("infos", 0),
        findings=[_finding(finding) for finding in findings[:MOST_FINDINGS]],
        note=_rest(findings[MOST_FINDINGS:], len(findings)),
    )


def _finding(finding: Mapping[str, Any]) -> CheckFinding:
    suggestion = finding.get("suggestion") or {}
    return CheckFinding(
        severity=finding["severity"],
        code=finding["code"],
        message=shorten(finding["message"], _LONGEST_MESSAGE),
        place=_place(finding),
        suggestion=shorten(str(suggestion.get("value", "")), 200),
        advice=shorten(str(finding.get("advice", "")), 300),
    )


def _place(finding: Mapping[str, Any]) -> str:
    place = finding.get("place") or {}
    parts = [f"{name} {place[name]}" for name in ("sheet", "row", "column", "line") if name in place]
    return ", ".join(parts) or shorten(str(finding.get("focus", "")), 200)


def _rest(findings: list[Mapping[str, Any]], total: int) -> str:
    """Return a sentence on findings that are left out, by their codes."""
    if not findings:
        return ""
    counts = Counter(finding["code"] for finding in findings).most_common(10)
    listed = ", ".join(f"{code} ×{count}" for code, count in counts)
    return f"{MOST_FINDINGS} of {total} findings are shown. Left out: {listed}. Correct these first."
