"""Forms of a report: those that a check writes, and those made later of a stored one, in a limited child."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, parse, serialize

from endpoint.validation.digest_values import read_digest
from endpoint.validation.gathering import DIGEST, Findings, read_outcome
from pipeline.findings.reports import write_report
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.model.errors import PracticegraphError, SourceError
from pipeline.model.finding import Finding
from pipeline.records.corrected.copying import write_copy
from pipeline.system.limited_child import ChildLimits, run_limited
from pipeline.system.limits import MIB

_LIMITS = ChildLimits(memory=1024 * MIB, seconds=60)
_NAME = "The report"
_GRAPHS = {"nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}


def make_form(folder: Path, format: str, target: Path, *, language: str, rules: str) -> None:
    """Write the report stored in a folder in a form and a language; ``rules`` is the address of their page.

    Raises SourceError where that takes too much.
    """
    _run(form, str(folder), format, str(target), language, rules)


def make_copy(folder: Path, table: str, taken: frozenset[int], target: Path, language: str) -> None:
    """Write the corrected copy of a table of the report, with the offers of these numbers taken.

    Raises SourceError for what does not fit into a workbook, or takes too much.
    """
    _run(copy, str(folder), table, json.dumps(sorted(taken)), str(target), language)


def _run(work: Any, *arguments: str) -> None:
    for _ in run_limited(work, arguments, _LIMITS, _NAME):
        pass


def form(folder: str, format: str, target: str, language: str, rules: str) -> Iterator[None]:
    """Write a form; yield nothing."""
    here = Path(folder)
    outcome = replace(read_outcome(here), language=language, rules=rules)
    write_form(Findings(here), outcome, format, Path(target))
    yield from ()


def copy(folder: str, table: str, taken: str, target: str, language: str) -> Iterator[None]:
    """Write a corrected copy; yield nothing."""
    here = Path(folder)
    wanted = frozenset(json.loads(taken))
    chosen = [
        offer
        for number, offer in enumerate(read_digest(here / DIGEST).offers)
        if number in wanted and offer.file == table
    ]
    path = here / read_outcome(here).paths[table]
    try:
        write_copy((path, table), Findings(here), chosen, Path(target), language)
    except PracticegraphError as error:
        raise SourceError(str(error)) from error
    yield from ()


def write_form(findings: Iterable[Finding], outcome: ReportOutcome, format: str, path: Path) -> None:
    """Write a report; N-Triples and RDF/XML are made of its Turtle. Files have the names they were sent under."""
    outcome = replace(outcome, paths={name: name for name in outcome.paths})
    chosen = _GRAPHS.get(format)
    # A spreadsheet takes a CSV file for UTF-8 only when it begins with a byte order mark.
    encoding = "utf-8-sig" if format == "csv" else "utf-8"
    with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
        write_report(findings, outcome, "turtle" if chosen else format, stream)
    if chosen is not None:
        graph = path.with_suffix(".graph")
        serialize(parse(path=str(path), format=RdfFormat.TURTLE), str(graph), chosen)
        graph.replace(path)
