"""A build that would repeat the last one: it is not done again, says the same, and anything that differs ends that."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from building import build, manifest_of, practice, report_of, write_table

pytestmark = pytest.mark.thorough

ROWS = [
    practice("a"),
    practice("b", country="Spaniel"),
    practice("c", topics="Educaton|Neighbourhood", date="sometime in 2019"),
    practice("d", title=""),
    practice("e", title="Café “Ħal” \U0001f3e0"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    write_table(tmp_path / "sources" / "practices.csv", ROWS)
    build(tmp_path / "out", tmp_path / "sources")
    return tmp_path


def again(folder: Path, *options: object) -> str:
    result = build(folder / "out", folder / "sources", *options)
    assert result.exit_code == 0, result.stderr
    return result.stderr


def test_a_repeated_build_says_all_that_a_build_says(folder: Path) -> None:
    report = folder / "report.json"
    forced = build(folder / "out", folder / "sources", "--report", report, "--force")
    told = report.read_bytes()
    repeated = build(folder / "out", folder / "sources", "--report", report)

    first, _, others = repeated.stderr.partition("\n")
    assert "not done again" in first
    assert forced.stderr.startswith(others)
    assert repeated.stdout == forced.stdout.replace(" --force", "")
    assert report.read_bytes() == told


def _edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a cell": lambda folder: _edit(folder / "sources" / "practices.csv", "Evenings a", "Evenings A"),
    "another source": lambda folder: write_table(folder / "sources" / "more.csv", [practice("f")]),
    "a source by another name": lambda folder: (folder / "sources" / "practices.csv").rename(
        folder / "sources" / "rows.csv"
    ),
    "a file that is no source": lambda folder: (folder / "sources" / "note.docx").write_bytes(b"x"),
    "a corrected row": lambda folder: _edit(
        folder / "out" / "quarantine" / "practices.quarantine.csv", "Spaniel", "Spain"
    ),
    "no quarantine": lambda folder: shutil.rmtree(folder / "out" / "quarantine"),
    "a damaged release": lambda folder: (folder / "out" / "current" / "ledger.csv").write_bytes(b"x"),
    "a damaged memory": lambda folder: (folder / "out" / ".last-build.gz").write_bytes(b"\x1f\x8b\x08"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_built(folder: Path, change: str) -> None:
    CHANGES[change](folder)

    if change == "a damaged release":
        assert "not done again" not in build(folder / "out", folder / "sources").stderr
    else:
        assert "not done again" not in again(folder)
        assert "not done again" in again(folder)


@pytest.mark.parametrize("options", [["--text", "full"], ["--add"], ["--force"], ["--lang", "fr"]])
def test_another_setting_is_built(folder: Path, options: list[str]) -> None:
    assert "not done again" not in again(folder, *options)


def test_a_new_year_is_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "2524608000")

    assert "not done again" not in again(folder)


def test_what_was_withdrawn_is_told_once(folder: Path) -> None:
    write_table(folder / "sources" / "practices.csv", ROWS[1:])
    assert report_of(folder / "out")["summary"]["withdrawn"] == 0
    again(folder)
    assert report_of(folder / "out")["summary"]["withdrawn"] == 1

    assert "not done again" not in again(folder)
    assert report_of(folder / "out")["summary"]["withdrawn"] == 0


def test_after_a_rollback_the_same_source_is_built(folder: Path) -> None:
    first = manifest_of(folder / "out")["release"]
    write_table(folder / "sources" / "practices.csv", [*ROWS, practice("g")])
    again(folder)
    (folder / "out" / "current").unlink()
    (folder / "out" / "current").symlink_to(Path("releases") / first)

    assert "not done again" not in again(folder)
