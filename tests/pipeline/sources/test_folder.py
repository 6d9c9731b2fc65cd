import gc
import tempfile
import zipfile
from pathlib import Path

import pytest
from building import build, practice, report_of, write_table

from pipeline.model.errors import SourceError
from pipeline.sources.files.archive import MOST_MEMBERS
from pipeline.sources.readers import read_source

ROW = "title,country\nOpen house,Spain\n"


def fill(folder: Path, *names: str, text: str = ROW) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def files_of(path: Path) -> list[str]:
    return [row.place.file for row in read_source(path).rows()]


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as refused:
        list(read_source(path).rows())
    return str(refused.value)


def test_a_folder_is_read_with_all_below_it_in_the_order_of_names(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "b.csv", "a/z.tsv", "a/b/c.txt", "c.CSV", text=ROW.replace(",", "\t"))
    assert files_of(folder) == ["in/a/b/c.txt", "in/a/z.tsv", "in/b.csv", "in/c.CSV"]


def test_what_is_of_another_kind_is_listed_once(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "a.csv", "logo.png", "b/letter.docx", "corrections.csv", "pom.xml")
    source = read_source(folder)
    assert [(finding.severity.value, finding.code, finding.message) for finding in source.findings] == [
        (
            "info",
            "files-left-out",
            "in: 4 files of other kinds were left out: in/b/letter.docx, in/corrections.csv, in/logo.png, in/pom.xml.",
        )
    ]


def test_locks_hidden_files_and_our_own_releases_are_no_sources(tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "in", "a.csv", ".hidden.csv", "~$a.xlsx", ".git/b.csv", "published/releases/1/c.csv"
    )
    (folder / "published" / "current").symlink_to("releases/1")
    source = read_source(folder)
    assert [row.place.file for row in source.rows()] == ["in/a.csv"]
    assert source.findings == ()


def test_a_link_that_leads_round_in_a_circle_ends(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "a.csv")
    (folder / "again").symlink_to(folder)
    assert files_of(folder) == ["in/a.csv"]


def test_a_folder_without_sources_is_refused(tmp_path: Path) -> None:
    assert refusal(fill(tmp_path / "in", "a.docx")) == (
        "in is a folder or archive without files that can be read, only in/a.docx."
    )


def test_a_pattern_names_the_files_that_fit(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "a.csv", "b.tsv", "c/d.csv", ".e.csv")
    assert files_of(folder / "*.csv") == ["in/a.csv"]
    assert files_of(folder / "**" / "*.csv") == ["in/a.csv", "in/c/d.csv"]
    assert refusal(folder / "*.xlsx") == "*.xlsx names no file. Check the pattern."


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    folder = fill(tmp_path, "a[1].csv", "a1.csv")
    assert files_of(folder / "a[1].csv") == ["a[1].csv"]


def test_numbers_and_findings_of_the_files_are_summed(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "a.csv", "b.csv", text=ROW + ",\n")
    source = read_source(folder)
    assert len(list(source.rows())) == 2
    assert (source.row_count, source.blank, source.bytes) == (4, 2, 2 * len(ROW + ",\n"))
    assert [finding.message[:8] for finding in source.late if finding.code == "file-read-as"] == [
        "in/a.csv",
        "in/b.csv",
    ]
    before = source.sha256
    (folder / "b.csv").rename(folder / "c.csv")
    other = read_source(folder)
    list(other.rows())
    assert other.sha256 != before


def test_a_file_that_cannot_be_read_is_told_and_passed_over(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "a.csv", "b.xlsx", "c/d.csv")
    (folder / "e.html").write_text("<html><title>Menu</title><p>Lunch</p></html>")
    (folder / "f.xlsx").touch()
    source = read_source(folder)
    assert [row.place.file for row in source.rows()] == ["in/a.csv", "in/c/d.csv"]
    assert [
        (each.severity.value, each.message.partition(",")[0])
        for each in source.late
        if each.code == "file-unreadable"
    ] == [
        ("violation", "in/b.xlsx is no workbook"),
        (
            "warning",
            "in/e.html is no page of the good practice catalogue: neither its introduction",
        ),
        ("warning", "in/f.xlsx is empty. Save it again. This file was left out"),
    ]


def test_a_folder_in_which_nothing_can_be_read_says_why_file_by_file(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", "a.xlsx", "b.ods")
    assert refusal(folder) == (
        "in is a folder or archive without files that can be read. in/a.xlsx is no workbook, whatever its name "
        "says. Save the table as XLSX or CSV. in/b.ods is no workbook, whatever its name says. Save the table as "
        "XLSX or CSV."
    )


def test_a_build_goes_on_after_a_file_that_breaks_off(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_table(folder / "a.csv", [practice("one")])
    (folder / "b.jsonl").write_text('{"title": "Half", "country": "Spain"}\n{"title": ')
    assert build(tmp_path / "out", folder).exit_code == 0
    report = report_of(tmp_path / "out")
    assert [each["place"]["file"] for each in report["findings"] if each["code"] == "file-unreadable"] == [
        "in/b.jsonl"
    ]
    assert (report["summary"]["rows_in"], report["summary"]["practices"]) == (1, 1)


def test_a_folder_builds_into_one_release(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "2020").mkdir(parents=True)
    write_table(folder / "a.csv", [practice("one"), practice("two", country="Atlantis")])
    write_table(folder / "2020" / "a.csv", [practice("three")])
    assert build(tmp_path / "out", folder).exit_code == 0
    report = report_of(tmp_path / "out")
    assert {
        finding["place"]["file"] for finding in report["findings"] if finding["code"] == "country-unknown"
    } == {"in/a.csv"}
    assert report["summary"]["practices"] == 2


def test_an_archive_is_read_member_by_member(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "in.zip",
        **{"b.csv": ROW, "a/a.csv": ROW, "__MACOSX/a.csv": ROW, "logo.png": b"x", "z.zip": b"PK"},
    )
    source = read_source(path)
    assert [row.place.file for row in source.rows()] == ["in.zip/a/a.csv", "in.zip/b.csv"]
    assert "in.zip/logo.png, in.zip/z.zip" in source.findings[0].message


def test_what_an_archive_is_unpacked_to_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    source = read_source(zipped(tmp_path / "in.zip", **{"a.csv": ROW}))
    assert len(list((tmp_path / "scratch").iterdir())) == 1
    list(source.rows())
    del source
    gc.collect()
    assert list((tmp_path / "scratch").iterdir()) == []
    assert "without files" in refusal(zipped(tmp_path / "none.zip", **{"a.png": b""}))
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "\x07.csv", "e" * 300 + ".csv"],
)
def test_no_name_in_an_archive_leads_out_of_it(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    source = read_source(zipped(inside / "in.zip", **{"a.csv": ROW, name: ROW}))
    files = {row.place.file for row in source.rows()}
    assert len(files) == 2
    assert all(file.startswith("in.zip/") and file.isprintable() for file in files)
    assert {path.name for path in tmp_path.rglob("*")} == {"inside", "in.zip"}


def test_an_archive_with_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = zipped(tmp_path / "in.zip", **{"a.csv": ROW, "b.csv": bytes(20 << 20)})
    assert "as no honest file does; it was not opened" in refusal(path)


def test_an_archive_of_too_many_files_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.files.archive.MOST_MEMBERS", 2)
    path = zipped(tmp_path / "in.zip", **{f"{number}.csv": ROW for number in range(3)})
    assert refusal(path) == "in.zip holds 3 files, of 2 at most. Split it."
    assert MOST_MEMBERS == 10_000


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "in.zip", **{"a.csv": ROW * 50})
    content = path.read_bytes()
    path.write_bytes(content[:40] + b"\xff" * 8 + content[48:])
    assert refusal(path).startswith("in.zip is a damaged ZIP file")
    path.write_bytes(b"PK")
    assert refusal(path).startswith("in.zip is a damaged ZIP file")


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "in.zip", **{"a.csv": ROW})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    assert refusal(path) == "in.zip is protected by a password. Save it without one."


def test_a_workbook_named_zip_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "in.zip", **{"[Content_Types].xml": "<Types/>"})
    assert refusal(path).endswith("If it is a workbook, name it .xlsx.")
