"""Batches: how practices are cut, and on how many processes, changes nothing; what fails is spared the others."""

from pathlib import Path

import pytest
from building import build, practice, report_of, run, write_table

from pipeline.steps import local_engine


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
