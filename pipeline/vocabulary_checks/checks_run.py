"""All checks in their order, and the warnings that are accepted with a reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.model.finding import Finding, Severity
from pipeline.vocabulary_checks.checked_files import VocabularyFiles
from pipeline.vocabulary_checks.header import check_header
from pipeline.vocabulary_checks.labels import check_labels
from pipeline.vocabulary_checks.material import Material, read_material
from pipeline.vocabulary_checks.profile import check_profile
from pipeline.vocabulary_checks.properties import check_properties
from pipeline.vocabulary_checks.publication import check_publication
from pipeline.vocabulary_checks.schemes import check_schemes
from pipeline.vocabulary_checks.terms import check_terms
from pipeline.vocabulary_checks.usage import check_usage

_CHECKS = (
    check_header,
    check_terms,
    check_properties,
    check_profile,
    check_usage,
    check_labels,
    check_schemes,
)


def run_checks(
    publish: bool, settings: Mapping[str, str], files: VocabularyFiles | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with the vocabulary, the worst first; nothing is fetched from anywhere.

    ``settings`` holds the keys of ``[dataset]`` and the build's ``base-iri``; they count when ``publish``.
    """
    material, findings = read_material(files or VocabularyFiles.of_the_project())
    if material is not None:
        findings = check_material(material)
    if publish:
        findings += tuple(check_publication(settings))
    return tuple(sorted(findings, key=_rank))


def check_material(material: Material) -> tuple[Finding, ...]:
    """Return what all checks find, each once; accepted warnings become infos that give the reason."""
    found = dict.fromkeys(finding for check in _CHECKS for finding in check(material))
    return tuple(_accepted(material, found))


def _accepted(material: Material, findings: Iterable[Finding]) -> Iterator[Finding]:
    reasons = {(entry.code, entry.focus): entry.reason for entry in material.accepted}
    for finding in findings:
        reason = reasons.get((finding.code, finding.focus or ""))
        if reason is not None and finding.severity is Severity.WARNING:
            reasons[finding.code, finding.focus or ""] = ""
            fact, _, _ = finding.message.partition(". ")
            yield replace(finding, severity=Severity.INFO, message=f"{fact}. Accepted: {reason}")
        else:
            yield finding
    for (code, focus), reason in reasons.items():
        if reason:
            message = f"The accepted warning {code} of {focus} does not come up any more. Remove its line."
            yield material.finding(Severity.WARNING, "acceptance-idle", message, focus)


def _rank(finding: Finding) -> tuple[int, str, str, str]:
    weight = list(Severity).index(finding.severity)
    return weight, str(finding.place or ""), finding.code, finding.message
