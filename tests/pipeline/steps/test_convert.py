import os
from collections.abc import Iterator
from pathlib import Path

import locations
import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import Deployment
from pipeline.rdf.vocabulary import prefixes
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion, ConvertedPractice, convert, place_lines
from pipeline.steps.practice_rows import gathered_practices
from pipeline.steps.read import named_files, read_named
from pipeline.system.progress import Progress

CASES = sorted((locations.CASES / "convert").iterdir())
CONVERSION = Conversion(Deployment("https://data.example.org"), TextPolicy.EXCERPT, "2026-11-23T12:00:00Z")


def converted(source: Path, folder: Path) -> Iterator[ConvertedPractice]:
    with Workspace(folder) as workspace:
        read_named(named_files([source]), workspace, Progress())
        workspace.staging.gather()
        for given in gathered_practices(workspace):
            yield convert(given, CONVERSION)


def all_lines(found: ConvertedPractice) -> str:
    return "".join((found.lines, *place_lines(found.practice, CONVERSION.deployment)))


def graph(lines: str, format: RdfFormat) -> Dataset:
    dataset = Dataset(Quad(*quad.triple) for quad in parse(lines.encode(), format=format))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def turtle(lines: str) -> str:
    triples = sorted((quad.triple for quad in parse(lines.encode(), format=RdfFormat.N_TRIPLES)), key=str)
    text = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes())
    assert text is not None
    return text.decode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_become_the_expected_triples_and_findings(case: Path, tmp_path: Path) -> None:
    practices = list(converted(case / "source.csv", tmp_path))
    lines = "".join(map(all_lines, practices))
    findings = "".join(
        f"{finding.severity.value} {finding.code} | {finding.place}"
        f"{f' | {finding.suggestion.value}' if finding.suggestion else ''}\n"
        for practice in practices
        for finding in practice.findings
    )
    if os.environ.get("PRACTICEGRAPH_WRITE_CASES"):
        (case / "expected.ttl").write_text(turtle(lines), encoding="utf-8")
        (case / "expected.txt").write_text(findings, encoding="utf-8")

    assert graph(lines, RdfFormat.N_TRIPLES) == graph(
        (case / "expected.ttl").read_text("utf-8"), RdfFormat.TURTLE
    )
    assert findings == (case / "expected.txt").read_text("utf-8")
