"""Forms: a report written into a file in one of its forms."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pyoxigraph import RdfFormat, parse, serialize

from pipeline.findings.reports import FORMATS
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.model.finding import Finding

_GRAPHS = {"nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}


def write_form(findings: Iterable[Finding], outcome: ReportOutcome, format: str, path: Path) -> None:
    """Write a report; N-Triples and RDF/XML are made of its Turtle. Files have the names they were sent under."""
    outcome = replace(outcome, paths={name: name for name in outcome.paths})
    chosen = _GRAPHS.get(format)
    # A spreadsheet takes a CSV file for UTF-8 only when it begins with a byte order mark.
    encoding = "utf-8-sig" if format == "csv" else "utf-8"
    with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
        FORMATS["turtle" if chosen else format](findings, outcome, stream)
    if chosen is not None:
        graph = path.with_suffix(".graph")
        serialize(parse(path=str(path), format=RdfFormat.TURTLE), str(graph), chosen)
        graph.replace(path)
