"""Batches: how practices are cut, and on how many processes, changes nothing; what fails is spared the others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from building import build, manifest_of, practice, report_of, run, write_table
from locations import CASES, ROOT

from pipeline.steps import local_engine

pytestmark = pytest.mark.thorough


def _published(output: Path) -> dict[str, bytes]:
    """Return the files of a release, apart from those whose bytes depend on how they were written."""
    current = output / "current"
    files = (path for path in current.rglob("*") if path.is_file() and "store" not in path.parts)
    kept = (path for path in files if path.suffix != ".sqlite" and path.name != "manifest.json")
    return {path.name: path.read_bytes() for path in kept}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return practices of a city that is written in two ways, a duplicate, and one that is withheld."""
    rows = [
        practice(f"p{number}", city=("Xyz-Dorf", "Xyz Dorf")[number % 2], country="Austria")
        for number in range(9)
    ]
    rows += [
        practice("twin-one", title="Kitchen of neighbours"),
        practice("twin-two", title="Kitchen of neighbours"),
    ]
    rows.append(practice("nowhere", country="Atlantis"))
    return write_table(tmp_path / "practices.csv", rows)


def test_batches_and_jobs_change_no_byte(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    whole = build(tmp_path / "whole", source)
    monkeypatch.setattr(local_engine, "BATCH_SIZE", 2)
    for jobs in ("1", "2"):
        assert run("build", source, "--output", tmp_path / jobs, "--jobs", jobs).exit_code == 0
        assert _published(tmp_path / jobs) == _published(tmp_path / "whole")
    assert whole.exit_code == 0
    codes = {finding["code"] for finding in report_of(tmp_path / "whole")["findings"]}
    assert {"city-name-several", "duplicate-probable", "country-unknown"} <= codes


FAULTS = ("raises", "recurses", "crashes", "aborts", "leaves", "is-killed", "is-terminated")


def _faulty(folder: Path, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python on practices of which some end the process that reads them; the source comes first."""
    names = [f"sound-{number}" for number in range(14)]
    names[3:3] = FAULTS[:4]
    names[-1:] = FAULTS[4:]
    rows = [practice(name) if name != "raises" else practice(name, id="", source_url="") for name in names]
    source = write_table(folder / "practices.csv", rows)
    paths = os.pathsep.join((str(CASES / "batches"), str(ROOT)))
    return subprocess.run(
        [sys.executable, *(str(source) if each == "SOURCE" else str(each) for each in command)],
        env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_records_that_end_their_process_are_withheld_by_name_and_the_rest_is_spared(tmp_path: Path) -> None:
    script = CASES / "batches" / "unguarded.py"
    done = _faulty(tmp_path, script, "SOURCE", tmp_path / "out")
    assert (done.returncode, done.stdout.strip()) == (0, "13"), done.stderr
    failing = [each for each in report_of(tmp_path / "out")["findings"] if each["code"] == "record-fails"]
    assert [each["place"]["row"] for each in failing] == [5, 6, 7, 8, 19, 20, 21]
    assert "LookupError: no such thing" in failing[0]["message"]
    assert "SIGSEGV" in failing[2]["message"]
    withheld = (tmp_path / "out" / "quarantine" / "practices.quarantine.csv").read_text("utf-8-sig")
    assert all(f"practices.csv#{row}" in withheld for row in (5, 6, 7, 8, 19, 20, 21))


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    out, command = tmp_path / "out", ("-m", "pipeline.cli", "build", "SOURCE", "--jobs", "2", "--output")
    done = _faulty(tmp_path, *command, out, FAULTS_ONCE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert manifest_of(out)["counts"]["practices"] == 20
