"""Urgency: what to look at first, which is what made other findings, or left something unchecked."""

from pipeline.model.finding import Finding

_CAUSES = frozenset(
    (
        *("file-unreadable", "file-empty", "records-missing", "encoding-broken", "quote-unclosed"),
        *("title-column-missing", "header-unknown", "country-column-missing", "columns-missing"),
        "column-unknown",
    )
)
"""Codes of findings on a file or a header, which explain others on its rows."""


def urgency(finding: Finding) -> int:
    """Return the place of a finding in a report: the lower, the sooner it should be looked at.

    What was not checked comes first, since no verdict counts without it, then violations, warnings and remarks;
    among these, causes come before the findings on rows.
    """
    if finding.is_unchecked:
        return 0
    return 1 + 2 * finding.severity.weight + (finding.code not in _CAUSES)
