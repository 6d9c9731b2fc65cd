import csv
import json
from pathlib import Path
from typing import Any

import pytest
from building import build, report_of, run
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline.cli import main
from pipeline.language.languages import language_tag
from pipeline.model.errors import UsageError
from pipeline.model.fields import FIELDS, REQUIRED
from pipeline.model.rows import Row
from pipeline.recognition.dates import read_date
from pipeline.recognition.places.city_with_country import city_and_country
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.topics import recognise_topics
from pipeline.sources.files.cleaning import clean_text
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.readers import read_source
from pipeline.sources.structured import json_source
from pipeline.sources.tables.delimited import DelimitedSource
from pipeline.sources.tables.row_kinds import _MARK, is_comment
from pipeline.sources.tables.table_rows import value_of_heading
from pipeline.sources.tables.xlsx import read as read_xlsx
from pipeline.sources.template.template_files import WRITERS, as_json, schema, write_template
from pipeline.sources.template.template_wording import LANGUAGES, TemplateWording, example_titles, wording

FIELDS_OF_TEMPLATE = tuple(dict.fromkeys(column.field for column in wording("en").columns))
every_language = pytest.mark.parametrize(
    "words", [wording(language) for language in LANGUAGES], ids=LANGUAGES
)


def command(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["template", *map(str, arguments)])


@every_language
def test_every_heading_is_read_as_its_field(words: TemplateWording) -> None:
    assert [field_of(column.heading) for column in words.columns] == [
        column.field for column in words.columns
    ]
    assert set(FIELDS_OF_TEMPLATE) == set(FIELDS) - {"summary_lang", "issued", "modified"}


@every_language
def test_the_languages_have_the_same_texts(words: TemplateWording) -> None:
    english = wording("en")
    assert words.texts.keys() == english.texts.keys()
    assert [column.field for column in words.columns] == [column.field for column in english.columns]
    assert words.example.keys() == english.example.keys()
    if words is not english:
        same = {
            key for key, text in words.texts.items() if isinstance(text, str) and text == english.texts[key]
        }
        assert same <= {"delimiter"}
        assert not {note.note for note in words.columns} & {note.note for note in english.columns}


@every_language
def test_texts_fit_where_spreadsheets_show_them(words: TemplateWording) -> None:
    assert all(len(column.note) <= 255 and len(column.heading) <= 32 for column in words.columns)
    assert len(words.text("not_in_list")) <= 255
    assert len(words.text("not_in_list_title")) <= 32
    assert all(len(words.text(f"{name}sheet")) <= 31 for name in ("", "notes_", "lists_"))


@every_language
def test_every_choice_is_recognised(words: TemplateWording) -> None:
    topics = [recognise_topics(label) for label in words.choices("topics")]
    assert len({reading.slugs for reading in topics}) == 22
    assert not any(reading.unknown for reading in topics)
    countries = [recognise_country(name) for name in words.choices("country")]
    assert len({reading.codes for reading in countries}) == 30
    assert not any(reading.unknown for reading in countries)
    assert all(language_tag(name) for name in words.choices("lang"))


@every_language
def test_the_dates_that_the_note_gives_as_examples_are_understood(words: TemplateWording) -> None:
    note = next(column.note for column in words.columns if column.field == "date")
    dates = note.partition(":")[2].rstrip(".").split(", ")
    readings = [read_date(date.strip(), 2035) for date in (*dates, words.example["date"])]
    assert [reading.period.edtf for reading in readings if reading.period] == [
        "2019",
        "2018-03",
        "2017/2019",
        "2016/..",
        "2016-06-09/2016-06-10",
        "2018-03/2019-06",
    ]


@every_language
def test_a_workbook_can_be_filled_without_english(words: TemplateWording, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_template(path, words.language)
    workbook = load_workbook(path)
    sheet, notes, lists = workbook.worksheets
    assert [sheet.title, notes.title, lists.title] == [
        words.text(f"{name}sheet") for name in ("", "notes_", "lists_")
    ]
    assert lists.sheet_state == "hidden"
    texts = {cell for row in notes.iter_rows(values_only=True) for cell in row}
    assert texts >= {column.note for column in words.columns} | set(words.intro)
    assert all(sheet.column_dimensions[letter].number_format == "@" for letter in "ABCDEFGHIJKLMNOPQ")
    assert sheet["D2"].number_format == "@"
    offered = {rule.formula1: rule for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(sheet.data_validations.dataValidation) == len(words.columns)
    assert {str(rule.sqref) for rule in offered.values()} <= {
        str(rule.sqref) for rule in sheet.data_validations.dataValidation
    }
    for formula, number in ((f"'{lists.title}'!$A$1:$A$30", 30), (f"'{lists.title}'!$B$1:$B$22", 22)):
        assert formula in offered
        column = formula.partition("$")[2][0]
        assert len([cell for cell in lists[column] if cell.value]) == number


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
@every_language
def test_a_template_as_it_is_written_holds_no_record(
    words: TemplateWording, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"x.{suffix}"
    write_template(path, words.language)
    source = read_source(path)
    assert list(source.rows()) == []
    assert (source.row_count, source.blank) == (0, 0)
    findings = {finding.code: finding.severity.value for finding in (*source.findings, *source.late)}
    assert findings.pop("example-left-out") == "info"
    assert set(findings.values()) <= {"info"}


def test_an_example_that_was_changed_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write_template(path, "pt")
    path.write_text(path.read_text(encoding="utf-8-sig").replace("Bilbao", "Lisboa"), encoding="utf-8-sig")
    source = read_source(path)
    assert list(source.rows()) == []
    (finding,) = source.late
    assert (finding.severity.value, finding.code, finding.place and finding.place.row) == (
        "warning",
        "example-left-out",
        2,
    )


def test_an_example_with_a_title_of_its_own_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write_template(path, "pt")
    text = path.read_text(encoding="utf-8-sig").replace(wording("pt").example["title"], "Casas abertas")
    path.write_text(text, encoding="utf-8-sig")
    assert [row.texts["title"] for row in read_source(path).rows()] == ["Casas abertas"]
    assert len(example_titles()) == 6


def cleaned(text: str) -> str:
    return clean_text(text)[0]


TEXT = (
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)
    .map(cleaned)
    .filter(lambda text: text not in ("", "NULL", "\\N"))  # what databases write for nothing
    .filter(lambda text: ";#" not in text)  # what stands before the values of a SharePoint list
)
TOPICS = st.lists(TEXT.filter(lambda text: "|" not in text), min_size=1, max_size=6).map(" | ".join)
RECORD = st.fixed_dictionaries(
    {"title": TEXT},
    optional={
        field: TOPICS if field == "topics" else TEXT for field in FIELDS_OF_TEMPLATE if field != "title"
    },
).filter(
    lambda record: (
        any(map(str.isalnum, "".join(record.values())))
        and not all(city_and_country(record.get("city", "")))
        and (len(record) > 2 or not is_comment([record["title"]]))
        and (len(record) > 1 or not (_MARK.match(record["title"]) or value_of_heading(record["title"])))
    )
)
"""Records that stay as they are.

A row with nothing but signs, a comment, which a comma may divide, a footnote or a country is no record; a city
with its country in one cell is divided.
"""

HARD = {
    "title": "=1+1",
    "date": "2018",
    "id": "007",
    "summary": "_x000D_ \n\t\"'; _x005F_",
    "city": "#N/A",
    "country": "TRUE",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a filled template in this process, as a build reads it, and leave the example out."""
    if path.suffix == ".csv":
        rows = list(DelimitedSource(path, path.name).rows())
    else:
        parser = read_xlsx if path.suffix == ".xlsx" else json_source.read
        rows = [event for event in parser(path, path.name) if isinstance(event, Row)]
    return [dict(row.texts) for row in rows if row.texts.get("title") not in example_titles()]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(record=RECORD, language=st.sampled_from(LANGUAGES), suffix=st.sampled_from(("csv", "xlsx", "json")))
@example(record={"title": "AL<{"}, language="en", suffix="csv")
@example(record={"title": "#NoHate", "country": "Spain"}, language="en", suffix="csv")
@example(record={"title": '\\"'}, language="en", suffix="csv")
@example(record=HARD, language="pt", suffix="xlsx")
@example(record=HARD, language="de", suffix="csv")
@example(record=HARD, language="fr", suffix="json")
def test_any_record_written_into_the_template_is_read_back_the_same(
    record: dict[str, str], language: str, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("filled") / f"x.{suffix}"
    if suffix == "json":
        path.write_text(json.dumps([as_json(record)]), encoding="utf-8")
    else:
        write_template(path, language, [record])
    assert rows_of(path) == [record]


def test_three_templates_in_three_languages_make_one_release(tmp_path: Path) -> None:
    files = []
    for language, title in (("pt", "Casas abertas"), ("fr", "Maisons ouvertes"), ("de", "Offene Häuser")):
        words = wording(language)
        record = words.example | {
            "title": title,
            "city": {"pt": "Bilbao", "fr": "Barcelona", "de": "Madrid"}[language],
        }
        files.append(tmp_path / f"{language}.xlsx")
        write_template(files[-1], language, [record])
    built = build(tmp_path / "out", *files)
    assert built.exit_code == 0, built.output
    report = report_of(tmp_path / "out")
    assert report["summary"]["practices"] == 3
    assert report["accepted"]
    assert {finding["code"] for finding in report["findings"] if finding["severity"] != "info"} <= {
        "duplicate-probable"
    }


@every_language
def test_the_schema_is_a_schema_and_its_example_fits(words: TemplateWording) -> None:
    made = schema(words)
    record = made["examples"][0][0]
    properties: dict[str, Any] = made["items"]["properties"]
    assert made["$schema"].endswith("draft/2020-12/schema")
    assert tuple(properties) == FIELDS_OF_TEMPLATE
    assert set(made["items"]["required"]) == set(REQUIRED) <= set(record)
    assert set(record) <= set(properties)
    assert set(record["topics"]) <= set(properties["topics"]["items"]["enum"])
    assert all(described["title"] and described["description"] for described in properties.values())


def test_the_csv_opens_in_the_spreadsheets_of_its_language(tmp_path: Path) -> None:
    for language, delimiter in (("en", ","), ("pt", ";")):
        path = tmp_path / f"{language}.csv"
        write_template(path, language)
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header, example_row = csv.reader(lines, delimiter=delimiter)
        assert len(header) == len(example_row) == len(wording(language).columns)


def test_the_command_writes_a_template_and_never_over_one(tmp_path: Path) -> None:
    path = tmp_path / "modelo.xlsx"
    done = command(path, "--lang", "pt")
    assert (done.exit_code, done.output) == (0, f"Wrote the template to {path}.\n")
    before = path.read_bytes()
    again = command(path)
    assert again.exit_code == 2
    assert "may have been filled in" in again.output
    assert path.read_bytes() == before


def test_the_command_refuses_other_languages_suffixes_and_folders(tmp_path: Path) -> None:
    assert command(tmp_path / "x.xlsx", "--lang", "xx").exit_code == 2
    assert "name it .xlsx, .csv or .json" in command(tmp_path / "x.ods").output
    assert "cannot be written: no such file" in command(tmp_path / "none" / "x.csv").output
    assert set(WRITERS) == {".xlsx", ".csv", ".json"}


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not fit into a cell"):
        write_template(tmp_path / "x.xlsx", "en", [{"title": "A", "summary": "x" * 40_000}])
    assert not (tmp_path / "x.xlsx").exists()


def test_the_filled_template_validates(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_template(path, "it", [wording("it").example | {"title": "Case aperte"}])
    assert run("validate", path, "--jobs", 1).exit_code == 0
