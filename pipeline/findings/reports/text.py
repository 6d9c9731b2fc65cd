"""The report as text: findings grouped by rule, then by place, then the numbers."""

from collections.abc import Iterable
from typing import TextIO

from pipeline.findings.accounting import Verdict, say_count
from pipeline.findings.messages import say
from pipeline.findings.reports.grouping import Group, group
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.translation import in_language
from pipeline.model.finding import Finding, Severity

SHOWN = 5
"""So many lines of each rule are shown; the rest is counted and is in the full report."""

_VERDICTS = {
    Verdict.ACCEPTED: say("Accepted."),
    Verdict.NOT_ACCEPTED: say("Not accepted."),
    Verdict.NOT_FULLY_CHECKED: say("Not fully checked: a part of the shapes was not applied."),
}
_STYLES = {Severity.VIOLATION: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def write_text(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write findings, numbers and the verdict for people."""
    write_findings(findings, stream, language=outcome.language)
    for sentence in outcome.numbers():
        stream.write(sentence + "\n")
    stream.write(outcome.say(_VERDICTS[outcome.verdict]) + "\n")


def write_findings(
    findings: Iterable[Finding], stream: TextIO, most: int = SHOWN, language: str = "en"
) -> None:
    """Write the findings in groups: in colour and fitted to the width on a terminal, else a line each.

    Beside problems, of the remarks of a rule only the first is shown.
    """
    groups = group(findings, most, language)
    if any(each.severity is not Severity.INFO for each in groups):
        for each in groups:
            if each.severity is Severity.INFO:
                each.fold(1)
    if stream.isatty():
        _write_styled(groups, stream)
    else:
        _write_plain(groups, stream)


def write_counts(findings: Iterable[Finding], stream: TextIO) -> None:
    """Write how many findings each rule has, a line each, the worst first."""
    for each in group(findings, most=0):
        stream.write(f"{each.code}: {_count(each)}\n")


def _write_plain(groups: Iterable[Group], stream: TextIO) -> None:
    for each in groups:
        stream.write(f"{each.code} ({_count(each)})\n")
        for place, message in each.lines():
            stream.write(f"  {place}  {message}\n" if place else f"  {message}\n")
        if each.hidden:
            stream.write(f"  {_more(each)}\n")
        stream.write("\n")


def _write_styled(groups: Iterable[Group], stream: TextIO) -> None:
    from rich.console import Console  # slow to load, and of no use in a pipe
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for each in groups:
        style = _STYLES[each.severity]
        console.print(Text.assemble((each.code, style), f" ({_count(each)})"))
        table = Table.grid(padding=(0, 2), pad_edge=False)
        table.add_column(overflow="fold", style="bold", max_width=max(20, console.width * 2 // 5))
        table.add_column(overflow="fold")
        for place, message in each.lines():
            table.add_row(Text(place), Text(message))
        console.print(Padding(table, (0, 0, 0, 2)))
        if each.hidden:
            console.print(Padding(Text(_more(each), style="dim"), (0, 0, 0, 2)))
        console.print()


def _count(each: Group) -> str:
    return in_language(say_count(each.severity, each.count), each.language)


def _more(each: Group) -> str:
    return in_language(say("and {number} more (all in --report)", number=each.hidden), each.language)
