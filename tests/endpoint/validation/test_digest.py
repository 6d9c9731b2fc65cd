from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from building import practice, write_table

from endpoint.validation import digest_values
from endpoint.validation.digest_values import Digest, read_digest
from endpoint.validation.gathering import DIGEST, Gathering
from pipeline.checking import Manner, Numbers, check, chosen_shapes
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.model.finding import Finding

FOLDER = Path(digest_values.__file__).parent


def faulty_table(folder: Path) -> Path:
    rows = [practice("1", country="Spian", date="2018 - 2019"), practice("2", title=""), practice("3")]
    return write_table(folder / "rows.csv", rows)


def broken_graph(folder: Path) -> Path:
    path = folder / "data.ttl"
    path.write_text("@prefix ex: <http://example.org/> .\nex:a a ex:Thing ; ex:name 1, 2 .\n")
    return path


@pytest.mark.parametrize(
    ("make", "shapes"),
    [(faulty_table, "practice"), (broken_graph, FOLDER / "sample_shapes.ttl"), (broken_graph, "practice")],
)
def test_the_page_gets_what_the_job_found(
    make: Callable[[Path], Path], shapes: str | Path, tmp_path: Path
) -> None:
    source = make(tmp_path)
    gathering = Gathering(tmp_path)
    digests: list[Digest] = []

    def report(findings: Iterable[Finding], numbers: Numbers) -> None:
        paths = {source.name: str(source)}
        outcome = ReportOutcome(numbers, numbers.conforms, numbers.is_accepted(), paths)
        digests.append(gathering.write(findings, outcome))

    check([source], report, Manner(chosen_shapes(shapes), on_practice=gathering.see))

    assert digests[0].rules
    assert read_digest(tmp_path / DIGEST) == digests[0]
