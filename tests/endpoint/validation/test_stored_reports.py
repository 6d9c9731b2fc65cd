import gc
import json
import time
from pathlib import Path

import pytest

from endpoint.validation.stored_reports import Reports, StoredReport


def made(folder: Path, size: int = 10) -> Path:
    folder.mkdir()
    (folder / "report").write_bytes(bytes(size))
    return folder


def keep(reports: Reports, tmp_path: Path, name: str = "job", size: int = 10) -> StoredReport:
    return reports.keep(made(tmp_path / name, size), conforms=False, accepted=True)


def grow_old(stored: StoredReport) -> None:
    facts = stored.folder / "stored.json"
    found = json.loads(facts.read_text())
    facts.write_text(json.dumps(found | {"until": time.time() - 1}))


def test_a_report_is_found_by_every_process_that_has_its_folder(tmp_path: Path) -> None:
    stored = keep(Reports(tmp_path / "reports"), tmp_path)

    found = Reports(tmp_path / "reports").find(stored.token)

    assert found == stored
    assert (found.folder / "report").exists()
    assert not (tmp_path / "job").exists()


def test_an_address_cannot_be_guessed(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports")
    tokens = {keep(reports, tmp_path, f"job{number}").token for number in range(20)}

    assert len(tokens) == 20
    assert all(len(token) * 6 >= 128 for token in tokens)
    assert (tmp_path / "reports").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "token", ["", "..", "../reports", "a" * 31, "a" * 33, "/" * 32, "." * 32, "a" * 31 + "\n"]
)
def test_what_is_no_address_finds_nothing(token: str, tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports")
    keep(reports, tmp_path)

    assert reports.find(token) is None


def test_a_report_is_not_found_when_its_time_is_over_and_then_deleted(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports")
    old, young = keep(reports, tmp_path, "old"), keep(reports, tmp_path, "young")
    grow_old(old)

    assert reports.find(old.token) is None
    assert old.folder.exists()
    reports.sweep()
    assert not old.folder.exists()
    assert reports.find(young.token) == young


def test_what_is_over_is_deleted_at_the_start(tmp_path: Path) -> None:
    stored = keep(Reports(tmp_path / "reports"), tmp_path)
    grow_old(stored)

    Reports(tmp_path / "reports").open()

    assert list((tmp_path / "reports").iterdir()) == []


def test_what_a_killed_process_left_goes_with_time_and_other_files_stay(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports", minutes=0)
    reports.open()
    left = made(tmp_path / "reports" / (".coming-" + "a" * 32))
    other = tmp_path / "reports" / "notes.txt"
    other.write_text("not ours")

    reports.sweep()

    assert not left.exists()
    assert other.exists()


def test_a_deleted_report_is_gone_at_once(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports")
    stored = keep(reports, tmp_path)

    reports.delete(stored)
    reports.delete(stored)

    assert reports.find(stored.token) is None
    assert list((tmp_path / "reports").iterdir()) == []


def test_the_oldest_reports_make_room(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports", most_mb=1)
    kept = [keep(reports, tmp_path, f"job{number}", 400_000) for number in range(3)]

    assert [reports.find(each.token) is not None for each in kept] == [False, True, True]


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")

    with pytest.raises(OSError, match="exists"):
        Reports(tmp_path / "reports").open()


def test_a_folder_of_ones_own_goes_with_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reports = Reports()
    folder = keep(reports, tmp_path).folder.parent
    assert folder.exists()

    del reports
    gc.collect()

    assert not folder.exists()


def test_without_a_report_no_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    Reports().sweep()

    assert list(tmp_path.iterdir()) == []
