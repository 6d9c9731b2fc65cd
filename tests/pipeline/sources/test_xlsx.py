import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from readings import cases, expected, outcome, parsed
from workbooks import make_workbook

from pipeline.cli.group import main
from pipeline.model.errors import SourceError
from pipeline.sources.files.archive import MOST_UNPACKED
from pipeline.sources.readers import read_source
from pipeline.sources.tables.cell_text import cell_text, date_of_serial, date_parts
from pipeline.sources.tables.worksheet_xml import position

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.mark.parametrize("case", cases("xlsx"), ids=lambda case: case.name)
def test_a_workbook_is_read_as_its_case_expects(case: Path, tmp_path: Path) -> None:
    assert parsed(make_workbook(case, tmp_path / "source.xlsx")) == expected(case)


def test_a_build_reads_workbooks_through_a_child(tmp_path: Path) -> None:
    case = next(case for case in cases("xlsx") if case.name == "several-sheets")
    assert outcome(make_workbook(case, tmp_path / "source.xlsx")) == expected(case)


def test_an_empty_workbook_says_so(tmp_path: Path) -> None:
    case = next(case for case in cases("xlsx") if case.name == "empty")
    found = outcome(make_workbook(case, tmp_path / "source.xlsx"))
    assert found == {"rows": {}, "blank": 0, "findings": ["warning rows-missing"]}


def test_a_row_keeps_its_cells_as_the_sheet_shows_them(tmp_path: Path) -> None:
    (row,) = read_source(saved(tmp_path, [["Titel", "Land", None], [" A ", "Italien", 2018.0]])).rows()
    assert dict(row.raw) == {"Titel": " A ", "Land": "Italien", "_extra": "2018"} | dict(row.raw)
    assert str(row.place_of("country")) == 'x.xlsx, sheet "Sheet", row 2, column "Land"'


def saved(folder: Path, rows: list[list[object]]) -> Path:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in rows:
        sheet.append(row)
    path = folder / "x.xlsx"
    workbook.save(path)
    return path


def changed(path: Path, part: str, change: tuple[str, str], *more: tuple[str, str]) -> Path:
    """Return the workbook with one of its parts changed, as programs do not write it."""
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    for old, new in (change, *more):
        assert old.encode() in parts[part]
        parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name, content in parts.items():
            after.writestr(name, content)
    return path


def plain(folder: Path) -> Path:
    return saved(folder, [["Title", "Country"], ["Open house", "Spain"]])


@pytest.mark.parametrize("dimension", ["A1:A1", "A1:XFD1048576"])
def test_what_a_sheet_says_of_its_size_cuts_no_row_off(tmp_path: Path, dimension: str) -> None:
    path = changed(plain(tmp_path), SHEET, ('<dimension ref="A1:B2"', f'<dimension ref="{dimension}"'))
    assert list(parsed(path)["rows"].values()) == [{"title": "Open house", "country": "Spain"}]


def test_a_row_far_below_does_not_make_a_million_rows(tmp_path: Path) -> None:
    path = changed(
        plain(tmp_path),
        SHEET,
        ('<row r="2">', '<row r="1048576">'),
        ('r="A2"', 'r="A1048576"'),
        ('r="B2"', 'r="B1048576"'),
    )
    found = parsed(path)
    assert list(found["rows"]) == ['sheet "Sheet", row 1048576']
    assert found["blank"] == 1048574


def test_a_formula_that_gives_an_empty_text_has_its_value(tmp_path: Path) -> None:
    path = saved(tmp_path, [["Title", "Country", "City"], ["Open house", "Spain", '=IF(1,"","x")']])
    changed(path, SHEET, ('<c r="C2">', '<c r="C2" t="str">'))
    assert not [said for said in parsed(path)["findings"] if "formula" in said]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('<row r="2">', '<row r="99999999999">'), "it names a row 99999999999, which no sheet has"),
        (('<c r="A2"', '<c r="XFE2"'), "it names a cell XFE2, which no sheet has"),
        (('<c r="A2"', '<c r="A2B"'), "it names a cell A2B, which no sheet has"),
        (("<worksheet", "<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet"), "an XML part of it has a DOCTYPE"),
        ((MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"), "is saved as Strict Open XML"),
        (("</sheetData>", ""), "its part xl/worksheets/sheet1.xml breaks off or is no XML"),
        (("<sheetData>", "<sheetData>" + "<a>" * 200 + "</a>" * 200), "nested deeper than 100 levels"),
    ],
)
def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert said in parsed(changed(plain(tmp_path), SHEET, change))["refused"]


def with_shared_texts(folder: Path, texts: str, number: int) -> Path:
    """Return a workbook whose title is a shared text, as Excel writes them all."""
    path = plain(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{texts}</sst>')
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    changed(path, "[Content_Types].xml", ("</Types>", override))
    before = '<c r="A2" t="inlineStr"><is><t>Open house</t></is></c>'
    return changed(path, SHEET, (before, f'<c r="A2" t="s"><v>{number}</v></c>'))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<si><t>Open house</t></si>", "Open house"),
        ("<si><r><t>Open</t></r><r><rPr><b/></rPr><t xml:space='preserve'> house</t></r></si>", "Open house"),
        ("<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>", "東京"),
        ("<si><t>a_x000D_&#10;b</t></si>", "a\nb"),
    ],
)
def test_shared_texts_are_read_without_their_dress(tmp_path: Path, text: str, title: str) -> None:
    path = with_shared_texts(tmp_path, f"<si><t>other</t></si>{text}", 1)
    assert list(parsed(path)["rows"].values()) == [{"title": title, "country": "Spain"}]


def test_a_shared_text_that_is_not_there_is_damage(tmp_path: Path) -> None:
    path = with_shared_texts(tmp_path, "<si><t>Open house</t></si>", 99)
    assert outcome(path)["refused"].startswith("x.xlsx is damaged, or not what its name says (IndexError")


def test_a_workbook_cut_off_is_refused(tmp_path: Path) -> None:
    path = plain(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    assert outcome(path)["refused"].startswith("x.xlsx is a damaged ZIP file")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password. Save it without one."),
        (OLE + "Workbook".encode("utf-16-le"), "is damaged, or no Excel file."),
        (b"title,country\nA,Spain\n", "is no workbook, whatever its name says."),
        (b"<html><table>", "is a web page, whatever its name says."),
        (b"", "is empty. Save it again."),
    ],
)
@pytest.mark.parametrize("suffix", ["xlsx", "xlsm", "ods"])
def test_what_is_no_workbook_is_told_apart(tmp_path: Path, content: bytes, said: str, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(content)
    assert outcome(path)["refused"].startswith(f"x.{suffix} {said}")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "title")
    assert parsed(path)["refused"].startswith("x.xlsx is a ZIP file, but no XLSX workbook.")


def test_a_workbook_named_xls_is_read(tmp_path: Path) -> None:
    path = plain(tmp_path).rename(tmp_path / "x.xls")
    assert len(outcome(path)["rows"]) == 1


HEAD_2003 = (
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="P"><Table>'
    "<Row><Cell><Data>title</Data></Cell><Cell><Data>country</Data></Cell></Row><Row><Cell>"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD_2003, "is a damaged workbook: Premature end of data"),
        (HEAD_2003 + "<Data>" + "<b>" * 5000, "is a damaged workbook: Excessive depth in document"),
        ('<!DOCTYPE Workbook [<!ENTITY a "x">]>' + HEAD_2003 + "<Data>&a;", "is refused: it has a DOCTYPE"),
    ],
)
def test_a_workbook_in_xml_that_is_damaged_or_does_harm_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "x.xls"
    path.write_text(text, encoding="utf-8")
    assert outcome(path)["refused"].startswith(f"x.xls {said}")


@pytest.mark.parametrize("number", ["inf", "nan", "1e400", "many"])
def test_a_number_of_a_workbook_in_xml_that_is_none_is_text(tmp_path: Path, number: str) -> None:
    path = tmp_path / "x.xml"
    cells = f'<Data>Open house</Data></Cell><Cell><Data ss:Type="Number">{number}</Data></Cell></Row>'
    path.write_text(f"{HEAD_2003}{cells}</Table></Worksheet></Workbook>", encoding="utf-8")
    [row] = outcome(path)["rows"].values()
    assert row == {"title": "Open house", "country": number}


def test_a_bomb_of_rows_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = plain(tmp_path)
    row = b'<row r="3"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row>'
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(row * 1000)
    assert path.stat().st_size < 400_000
    with pytest.raises(SourceError, match="as no honest file does; it was not opened"):
        read_source(path)


def test_a_bomb_of_many_parts_is_refused_by_their_sum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sources.files.archive.MOST_UNPACKED", 3 << 20)
    path = plain(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(4):
            archive.writestr(f"xl/media/{number}.bin", bytes(1 << 20))
    with pytest.raises(SourceError, match="unpacks to 4 MB, of 3 MB at most"):
        read_source(path)
    assert MOST_UNPACKED == 256 << 20


def test_a_part_that_declares_less_than_it_holds_is_not_read_on(tmp_path: Path) -> None:
    path = plain(tmp_path)
    padded = changed(path, SHEET, ("<sheetData>", "<sheetData>" + " " * 5000))
    content = bytearray(padded.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    told, false = size.to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert content.count(told) == 2
    padded.write_bytes(content.replace(told, false))
    assert outcome(padded)["refused"].startswith("x.xlsx is a")


@pytest.mark.parametrize(
    ("number_format", "parts"),
    [
        ("mmm-yy", "my"),
        ("yyyy", "y"),
        ("dd/mm/yyyy", "dmy"),
        ("[$-409]mmmm yyyy;@", "my"),
        ('yyyy"m"dd', "yd"),
        ("yyyy\\-mm\\-dd", "ymd"),
        ("d-mmm", "dm"),
        ("h:mm", ""),
        ("mm:ss", ""),
        ("m/d/yy h:mm", "mdy"),
        ("hh:mm AM/PM", ""),
        ("ddd", ""),
        ("dddd, d mmmm", "dm"),
        ("ge.m.d", "ymd"),
    ],
)
def test_a_date_format_shows_some_parts_of_a_date(number_format: str, parts: str) -> None:
    assert date_parts(number_format) == set(parts)


@given(st.integers(0, 3_000_000))
def test_only_days_between_1970_and_2050_are_taken_for_bare_day_numbers(number: int) -> None:
    day = date_of_serial(str(number), from_1904=False)
    assert (day is not None) == (25_569 <= number <= 55_153)
    assert day is None or "1970" <= day[:4] <= "2050"


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_have_no_point(number: int) -> None:
    assert cell_text(float(number), "General").text == str(number)


def test_cells_are_found_by_their_names() -> None:
    assert [position(name) for name in ("A1", "Z9", "AA10", "XFD1048576")] == [
        (1, 1),
        (26, 9),
        (27, 10),
        (16384, 1048576),
    ]
    assert position("1A") == position("") == (16385, 1048577)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "save it as an Excel workbook (.xlsx)"),
        ("fr", "enregistrez-le comme classeur Excel (.xlsx)"),
        ("de", "als Excel-Arbeitsmappe (.xlsx)"),
        ("es", "como libro de Excel (.xlsx)"),
        ("it", "come cartella di lavoro di Excel (.xlsx)"),
        ("pt", "como livro do Excel (.xlsx)"),
    ],
)
def test_a_binary_workbook_is_refused_in_the_language_of_the_reader(
    tmp_path: Path, language: str, said: str
) -> None:
    path = tmp_path / "x.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")

    result = CliRunner().invoke(main, ["validate", str(path), "--lang", language])

    assert result.exit_code == 1
    assert said in result.output
