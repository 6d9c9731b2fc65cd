import csv
import json
import os
import threading
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import locations
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding
from pipeline.sources.files.cleaning import clean_text
from pipeline.sources.files.opening import printable_name
from pipeline.sources.files.source import LATE_LIMIT, LONGEST_TEXT
from pipeline.sources.normalisation import without_footnote
from pipeline.sources.readers import read_source
from pipeline.sources.tables.delimited import DelimitedSource
from pipeline.sources.tables.delimited_records import LINE_LIMIT
from pipeline.sources.tables.row_kinds import NO_RECORDS, is_blank, kind_of
from pipeline.sources.tables.table_rows import value_of_heading

CASES = sorted(path for path in (locations.CASES / "csv").iterdir() if path.is_dir())
SHARED = locations.SHARED / "data"
HEADER = "title,country,city,date,topics,summary\n"


def said(finding: Finding) -> str:
    place = finding.place
    assert place is not None
    parts = [finding.severity.value, finding.code]
    parts += [
        f"{name} {value}" for name in ("row", "line", "column") if (value := getattr(place, name)) is not None
    ]
    parts += [f"-> {finding.suggestion.value}"] if finding.suggestion else []
    return " ".join(parts)


def written(folder: Path, text: str | bytes, name: str = "practices.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_its_case_expects(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    path = next(case.glob("source.*"))
    if "refused" in expected:
        with pytest.raises(SourceError) as refused:
            read_source(path)
        assert expected["refused"] in str(refused.value)
        assert str(refused.value).startswith(path.name)
        return
    source = read_source(path)
    rows = {str(row.place.row): dict(row.texts) for row in source.rows()}
    findings = [*source.findings, *source.late]
    assert rows == expected["rows"]
    assert source.blank == expected["blank"]
    assert source.row_count == len(rows) + source.blank
    assert [said(finding) for finding in findings if finding.code != "file-read-as"] == expected["findings"]
    messages = [finding.message for finding in findings if finding.code == "file-read-as"]
    told = [f"source.csv was read as {expected['said']} between the columns."] if expected["said"] else []
    assert messages == told


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real records are not beside this checkout")
def test_the_real_records_are_read_without_a_doubt() -> None:
    source = read_source(SHARED / "practices.csv")
    rows = list(source.rows())
    assert (len(rows), source.row_count, source.blank, source.late) == (241, 241, 0, ())
    assert [finding.code for finding in source.findings] == ["file-read-as"]
    assert [row.place.row for row in rows] == list(range(2, 243))
    assert rows[1].texts["city"] == "Sabadell"
    assert rows[1].place_of("city").column == "city"


def test_a_row_keeps_its_cells_as_they_came(tmp_path: Path) -> None:
    text = "Titel;Titel;;Land;Thema 1;Thema 2\n a\0b ;;x; Italien;Rom ;Roma;beyond;more\n;;;;;Roma\n"
    row, other = read_source(written(tmp_path, text)).rows()
    assert dict(row.raw) == {
        "Titel": " a\0b ",
        "Titel (2)": "",
        "column 3": "x",
        "Land": " Italien",
        "Thema 1": "Rom ",
        "Thema 2": "Roma",
        "_extra": "beyond;more",
    }
    assert dict(row.columns) == {"title": "Titel", "country": "Land", "topics": "Thema 1 | Thema 2"}
    assert dict(row.texts) == {"title": "ab", "country": "Italien", "topics": "Rom | Roma"}
    assert (dict(other.texts), other.place_of("topics").column) == ({"topics": "Roma"}, "Thema 2")
    assert other.place_of("title").column == "Titel"


def test_a_corrected_row_says_where_it_came_from_and_loses_its_problems(tmp_path: Path) -> None:
    text = "title,_origin,_problems\nA,practices.csv#17,no country\nB,,\n"
    first, second = read_source(written(tmp_path, text)).rows()
    assert (first.origin, dict(first.raw)) == ("practices.csv#17", {"title": "A"})
    assert second.origin is None


def test_rows_can_be_read_twice_with_the_same_counts(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, HEADER + "A,Italy,Rome\x07,,,\n\n"))
    first = list(source.rows())
    again = list(source.rows())
    assert first == again
    assert (source.row_count, source.blank, len(source.late)) == (2, 1, 1)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    source = read_source(path)
    assert source.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert source.bytes == 0


def test_a_cell_of_ten_million_characters_is_read(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, HEADER + f'"{"long " * 2_000_000}",Italy,,,,\nB,Italy,,,,\n'))
    first, second = source.rows()
    assert len(first.texts["title"]) == 9_999_999
    assert second.texts["title"] == "B"


def test_a_cell_beyond_the_limit_is_refused_with_its_row(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, HEADER + f'A,Italy,,,,\n"{"x" * (LONGEST_TEXT + 1)}",Italy,,,,\n'))
    with pytest.raises(
        SourceError, match=r"practices\.csv, row 3: the cell in column 1 has more than 10,000,000 characters"
    ):
        list(source.rows())


def test_too_many_blank_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.tables.delimited._MOST_BLANK", 2000)
    source = read_source(written(tmp_path, HEADER + "A,Italy,,,,\n" + "\n" * 2001))
    with pytest.raises(SourceError, match=r"practices\.csv has more than 2,000 blank rows\. Delete them\."):
        list(source.rows())


def test_a_line_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, HEADER + ",".join(["x" * (LINE_LIMIT // 3 + 1)] * 3)))
    with pytest.raises(SourceError, match="has a line of over 40,000,000 characters"):
        list(source.rows())


def test_a_quote_left_open_in_a_large_file_is_refused_with_its_row(tmp_path: Path) -> None:
    rows = "B,Italy,Rome,2019,,an even longer text than before\n" * 450_000
    source = read_source(written(tmp_path, HEADER + 'A,Italy,"Rome,,,\n' + rows))
    with pytest.raises(
        SourceError, match=r"row 2: the cell in column 3 .* a quotation mark that is never closed"
    ):
        list(source.rows())


def test_a_title_of_ten_thousand_characters_is_read(tmp_path: Path) -> None:
    (row,) = read_source(written(tmp_path, HEADER + "é" * 10_000 + ",Italy,,,,\n")).rows()
    assert row.texts["title"] == "é" * 10_000


def test_many_findings_of_a_kind_are_counted_beyond_a_limit(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, "title,country\n" + "A,Italy,more\n" * (LATE_LIMIT + 7)))
    assert sum(1 for _ in source.rows()) == LATE_LIMIT + 7
    assert len(source.late) == LATE_LIMIT + 1
    assert source.late[-1].message.startswith('practices.csv has 7 more rows of the kind "row-too-long".')


def test_a_file_that_changes_between_survey_and_rows_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "A,Italy,,,,\n")
    source = read_source(path)
    with path.open("a") as file:
        file.write("B,Italy,,,,\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        list(source.rows())


def test_a_file_that_goes_between_survey_and_rows_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "A,Italy,,,,\n")
    source = read_source(path)
    path.unlink()
    with pytest.raises(SourceError, match="does not exist"):
        list(source.rows())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder.csv", "is a folder"),
        ("link.csv", "is a link to nowhere.csv, which is not there"),
        ("loop.csv", "is a link to loop.csv, which is not there"),
        ("pipe.csv", "is not a regular file"),
        ("absent.csv", "does not exist"),
        ("file.csv/inside.csv", "does not exist"),
        (f"{'long' * 100}.csv", "cannot be opened: file name too long"),
    ],
)
def test_what_is_no_file_is_refused_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to("nowhere.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "file.csv").touch()
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match=reason):
        read_source(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER)
    path.chmod(0)
    with pytest.raises(SourceError, match="cannot be opened: permission denied"):
        read_source(path)


def test_a_file_that_fails_while_it_is_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    memory = Path(f"/proc/{os.getpid()}/mem")
    if not memory.exists():
        pytest.skip("no /proc here")
    (tmp_path / "memory.csv").symlink_to(memory)
    with pytest.raises(SourceError, match=r"memory.csv cannot be (read to its end|opened)"):
        read_source(tmp_path / "memory.csv")


def test_a_name_that_is_no_text_is_made_printable(tmp_path: Path) -> None:
    name = os.fsdecode(b"pr\xe9s\x1b.csv")
    source = read_source(written(tmp_path, HEADER + "A,Italy,,,,\n", name))
    assert source.name == "pr\ufffds\ufffd.csv"
    assert printable_name("Übersicht 2024.csv") == "Übersicht 2024.csv"


def test_reading_from_two_threads_gives_the_same_rows(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + 'A,"It""aly",,,,\n' * 500)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(list(read_source(path).rows())))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [500, 500]


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + f'A,Italy,"Rome\nand more",2019,,{"words " * 150}\n' * 10_000)
    tracemalloc.start()
    assert sum(1 for _ in read_source(path).rows()) == 10_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 9_000_000
    assert peak < 5_000_000


def says_of_others(cells: Sequence[str]) -> bool:
    """Return whether a row is a heading such as "Italy", which is read into the rows below it."""
    return bool(cells[0]) and not any(cells[1:]) and value_of_heading(cells[0]) is not None


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(lambda text: ";#" not in text)
"""Texts without the sign that stands before the values of a SharePoint list."""


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;\t|"))
@example([["", "", "NULL"]], ",")
@example([["AL×:", "", ""]], ",")
@example([['\\"', 'a\\"b', '\\", c']], ",")
def test_any_table_written_as_csv_is_read_back(tmp_path_factory, table, delimiter):  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("table") / "practices.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([["title", "process", "summary"], *table])
    source = read_source(path)
    rows = list(source.rows())
    empty = ("NULL", "\\N")  # as databases write it
    wanted = [["" if cell.strip() in empty else clean_text(cell)[0] for cell in cells] for cells in table]
    read = [[row.texts.get(field, "") for field in ("title", "process", "summary")] for row in rows]
    layout = DelimitedSource(path, path.name).header.layout
    named = [cells for cells in wanted if kind_of(cells, layout) in NO_RECORDS or says_of_others(cells)]
    records = [cells for cells in wanted if cells not in named and not is_blank(cells, layout)]
    assert read == [[without_footnote(title), *others] for title, *others in records]
    assert source.row_count == len(table) - sum(not is_blank(cells, layout) for cells in named)


@given(st.binary(max_size=400))
def test_no_bytes_bring_anything_but_rows_or_a_refusal(tmp_path_factory, data):  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("bytes") / "practices.csv"
    path.write_bytes(data)
    try:
        source = read_source(path)
        rows = list(source.rows())
    except SourceError:
        return
    for row in rows:
        " ".join(row.texts.values()).encode("utf-8")
    assert source.row_count == len(rows) + source.blank
