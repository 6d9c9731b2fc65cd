import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import locations
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from pipeline.findings.accounting import Accounting
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding
from pipeline.model.practice import RowAt, Understood
from pipeline.records.corrected.copying import write_copy
from pipeline.records.corrected.offers import MOST_OFFERS, CellCorrection, offers
from pipeline.sources.readers import read_source
from pipeline.sources.template.template_files import write_template
from pipeline.validation import validate_records

pytestmark = pytest.mark.thorough

MESSY = locations.CASES / "corrected" / "messy.csv"
HEAD = ("title", "country", "city", "date", "topics", "summary", "source_url")
GOOD = {
    "title": "A walk",
    "country": "Italy",
    "city": "Turin",
    "date": "2019",
    "topics": "Education",
    "summary": "People of the quarter walk through it together and tell one another what they know of it.",
    "source_url": "https://example.org/walk",
}


class Checked:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: tuple[Finding, ...] = ()
        self.offers: list[CellCorrection] = []
        self.hidden = 0
        self._row_at: RowAt | None = None
        self.numbers = validate_records([path], self._report, on_practice=self._see)

    def _see(self, found: Understood) -> None:
        self._row_at = found.row_at

    def _report(self, findings: Iterable[Finding], _: Accounting) -> None:
        assert self._row_at is not None
        self.findings = tuple(findings)
        self.offers, self.hidden = offers(self.findings, self._row_at, [self.path.name])

    def codes(self) -> list[tuple[str, int | None]]:
        ours = ((each.code, each.place.row if each.place else None) for each in self.findings)
        return sorted(pair for pair in ours if pair[0] not in ("file-read-as", "sheet-skipped"))

    def copy(self, taken: Sequence[CellCorrection], target: Path, language: str = "en") -> Path:
        write_copy((self.path, self.path.name), self.findings, taken, target, language)
        return target


def table(path: Path, rows: Iterable[Mapping[str, str]], head: Sequence[str] = HEAD) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, head, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def source_of(kind: str, folder: Path) -> Path:
    return MESSY if kind == "csv" else workbook(folder / "messy.xlsx", is_turned=kind == "turned")


def workbook(
    path: Path, change: Callable[[Workbook], None] = lambda _: None, *, is_turned: bool = False
) -> Path:
    made = Workbook()
    with MESSY.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), 1):
            for place, text in enumerate(row, 1):
                at = (place, number) if is_turned else (number, place)
                made.worksheets[0].cell(*at, text).data_type = "s"
    change(made)
    made.save(path)
    return path


@pytest.fixture(scope="module")
def messy() -> Checked:
    return Checked(MESSY)


def raw(path: Path) -> list[tuple[int | None, dict[str, str]]]:
    rows = read_source(path).rows()
    return [(row.place.row, {name: text for name, text in row.raw.items() if text}) for row in rows]


def test_one_offer_is_made_for_all_rows_that_say_the_same_and_one_for_each_blank(messy: Checked) -> None:
    made = {(each.wrong, each.right): [row for _, row in each.rows] for each in messy.offers}

    assert made["Itlay", "Italy"] == [2, 3]
    assert made["Multilingualizm", "Multilingualism"] == [3]
    assert made["Setpember 2014", "2014-09"] == [4]
    assert made["", "Education"] == [5]
    assert [each.is_mending for each in messy.offers].count(False) == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx", "turned"])
def test_with_all_suggestions_taken_the_findings_that_made_them_are_gone(kind: str, tmp_path: Path) -> None:
    checked = Checked(source_of(kind, tmp_path))

    again = Checked(checked.copy(checked.offers, tmp_path / "copy.xlsx"))

    settled = {(each.code, row) for each in checked.offers for _, row in each.rows}
    assert len(settled) >= 4
    assert set(again.codes()) <= set(checked.codes()) - settled
    assert ("end-before-start", 7) in again.codes()
    assert again.numbers.rows_in == checked.numbers.rows_in
    assert again.numbers.practices > checked.numbers.practices


@pytest.mark.parametrize("kind", ["csv", "xlsx", "turned"])
def test_what_is_not_taken_stays_as_it_is(kind: str, tmp_path: Path) -> None:
    source = source_of(kind, tmp_path)
    checked = Checked(source)
    italy = next(each for each in checked.offers if each.right == "Italy")

    untouched = checked.copy([], tmp_path / "none.xlsx")
    changed = checked.copy([italy], tmp_path / "one.xlsx")

    assert raw(untouched) == raw(source)
    differing = [
        (row, was, now) for (row, was), (_, now) in zip(raw(source), raw(changed), strict=True) if was != now
    ]
    assert [row for row, _, _ in differing] == [2, 3]
    assert all({**was, "country": "Italy"} == now for _, was, now in differing)


def test_wrong_cells_have_comments_and_corrected_ones_a_mark(messy: Checked, tmp_path: Path) -> None:
    taken = [each for each in messy.offers if each.right == "Italy"]
    sheet = load_workbook(messy.copy(taken, tmp_path / "copy.xlsx"))["messy"]

    assert (sheet["B2"].value, sheet["B2"].fill.fill_type, sheet["B2"].comment) == ("Italy", "solid", None)
    assert "ends (2017) before it starts (2019)" in sheet["D7"].comment.text
    assert "no topic is stated" in sheet["E5"].comment.text
    assert sheet["D7"].fill.start_color.rgb != sheet["B2"].fill.start_color.rgb
    assert (sheet["F2"].fill.fill_type, sheet["F2"].comment) == (None, None)


def test_a_sheet_lists_what_was_changed_and_what_is_left(messy: Checked, tmp_path: Path) -> None:
    taken = [each for each in messy.offers if each.right == "Italy"]
    copy = messy.copy(taken, tmp_path / "copy.xlsx", "fr")
    lines = [row[:6] for row in load_workbook(copy)["Modifications"].iter_rows(min_row=4, values_only=True)]

    assert ("Corrigé", None, 2, "country", "Itlay", "Italy") in lines
    assert ("Corrigé", None, 3, "country", "Itlay", "Italy") in lines
    assert ("À regarder", None, 7, "date", "2019 - 2017", None) in lines
    assert "Modifications" not in {row.place.sheet for row in read_source(copy).rows()}


def test_what_looks_like_a_formula_stays_a_text(messy: Checked, tmp_path: Path) -> None:
    cell = load_workbook(messy.copy(messy.offers, tmp_path / "copy.xlsx"))["messy"]["A6"]

    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("https://example.org")')
    assert cell.quotePrefix


def test_a_workbook_keeps_its_look_its_other_sheets_and_the_values_of_formulas(tmp_path: Path) -> None:
    def change(made: Workbook) -> None:
        sheet = made.worksheets[0]
        sheet["A2"].font = Font(bold=True)
        sheet.column_dimensions["A"].width = 55
        sheet["D4"] = 2014
        made.create_sheet("Notes")["A1"] = "Ask Ann."

    checked = Checked(workbook(tmp_path / "messy.xlsx", change))
    made = load_workbook(checked.copy(checked.offers, tmp_path / "copy.xlsx"))

    assert made.sheetnames == ["Sheet", "Notes", "Changes"]
    assert made["Notes"]["A1"].value == "Ask Ann."
    assert made["Sheet"]["A2"].font.bold
    assert made["Sheet"].column_dimensions["A"].width == 55
    assert made["Sheet"]["D4"].value == 2014


def test_a_cell_merged_over_several_rows_is_corrected_once(tmp_path: Path) -> None:
    checked = Checked(workbook(tmp_path / "messy.xlsx", lambda made: made.worksheets[0].merge_cells("B2:B3")))
    copy = checked.copy(checked.offers, tmp_path / "copy.xlsx")
    lines = list(load_workbook(copy)["Changes"].iter_rows(min_row=4, values_only=True))

    assert [row[2] for row in lines if row[5] == "Italy"] == [2]
    assert [row.texts["country"] for row in read_source(copy).rows()][:2] == ["Italy", "Italy"]


def test_a_copy_of_a_copy_forgets_what_the_first_one_added(tmp_path: Path) -> None:
    checked = Checked(workbook(tmp_path / "messy.xlsx"))
    first = Checked(checked.copy([], tmp_path / "first.xlsx"))
    mended = load_workbook(first.path)
    mended["Sheet"]["D7"] = "2017 - 2019"
    mended.save(first.path)

    again = Checked(first.path)
    second = load_workbook(again.copy(again.offers, tmp_path / "second.xlsx"))

    assert second.sheetnames == ["Sheet", "Changes"]
    assert (second["Sheet"]["D7"].comment, second["Sheet"]["D7"].fill.fill_type) == (None, None)
    assert second["Sheet"]["B2"].comment is None


def test_every_sheet_with_records_is_corrected(tmp_path: Path) -> None:
    def change(made: Workbook) -> None:
        sheet = made.copy_worksheet(made.worksheets[0])
        sheet.title = "Others"
        for number in range(2, sheet.max_row + 1):
            sheet.cell(number, 1, f"Another {number}")

    checked = Checked(workbook(tmp_path / "two.xlsx", change))
    made = load_workbook(checked.copy(checked.offers, tmp_path / "copy.xlsx"))

    assert [(made[name]["B2"].value, made[name]["B3"].value) for name in ("Sheet", "Others")] == [
        ("Italy", "Italy")
    ] * 2


def test_our_own_template_comes_back_corrected_with_its_lists(tmp_path: Path) -> None:
    path = tmp_path / "practices.xlsx"
    write_template(path, "de", [GOOD | {"country": "Itlaien"}])
    checked = Checked(path)

    copy = checked.copy(checked.offers, tmp_path / "copy.xlsx")

    assert [(each.column, each.right) for each in checked.offers] == [("Land *", "Italy")]
    assert [row.texts["country"] for row in read_source(copy).rows()] == [checked.offers[0].right]
    assert (
        load_workbook(copy).worksheets[0].data_validations.count
        == load_workbook(path).worksheets[0].data_validations.count
    )


def test_a_column_that_is_missing_is_added_where_its_suggestion_is_taken(tmp_path: Path) -> None:
    head = [name for name in HEAD if name != "topics"]
    summary = "A school where teachers and pupils learn from one another, in lessons in many languages."
    checked = Checked(table(tmp_path / "no-topics.csv", [GOOD | {"summary": summary}], head))

    copy = checked.copy(checked.offers, tmp_path / "copy.xlsx")

    assert [(each.column, each.wrong) for each in checked.offers] == [("topics", "")]
    assert [row.texts["topics"] for row in read_source(copy).rows()] == [checked.offers[0].right]


def test_a_heading_is_corrected_where_that_is_taken(tmp_path: Path) -> None:
    head = ["contry" if name == "country" else name for name in HEAD]
    checked = Checked(table(tmp_path / "heading.csv", [{**GOOD, "contry": "Italy"}], head))

    again = Checked(checked.copy(checked.offers, tmp_path / "copy.xlsx"))

    assert [(each.wrong, each.right) for each in checked.offers] == [("contry", "country")]
    assert "column-unknown" not in dict(again.codes())


def test_of_several_columns_with_topics_the_one_that_is_wrong_is_corrected(tmp_path: Path) -> None:
    head = ["topic 1" if name == "topics" else name for name in (*HEAD, "topic 2")]
    row = {**GOOD, "topic 1": "Education", "topic 2": "Multilingualisme and more"}
    checked = Checked(table(tmp_path / "two.csv", [row], head))
    taken = [each for each in checked.offers if each.code == "topic-unknown"]

    rows = raw(checked.copy(taken, tmp_path / "copy.xlsx"))

    assert len(taken) == 1
    assert rows[0][1]["topic 1"] == "Education"
    assert rows[0][1]["topic 2"] == taken[0].right


def test_a_text_that_no_cell_can_hold_is_a_sentence_and_no_loss(tmp_path: Path) -> None:
    checked = Checked(table(tmp_path / "long.csv", [GOOD | {"summary": "word " * 7000}]))

    with pytest.raises(SourceError, match="35,000 characters does not fit"):
        checked.copy([], tmp_path / "copy.xlsx")


def test_more_offers_than_anybody_goes_through_are_counted(tmp_path: Path) -> None:
    rows = [GOOD | {"title": f"Walk {n}", "country": f"Itlay{n:03}"} for n in range(MOST_OFFERS + 7)]
    checked = Checked(table(tmp_path / "many.csv", rows))

    assert len(checked.offers) + checked.hidden == sum(
        each.suggestion is not None and each.code == "country-unknown" for each in checked.findings
    )
    assert len(checked.offers) <= MOST_OFFERS


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"]), max_size=40)


@settings(max_examples=12)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_of_a_table_comes_through_a_copy(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    rows = [GOOD | {"title": f"t{title}t", "summary": f"s{summary}s"} for title, summary in texts]
    source = table(folder / "any.csv", rows)
    target = folder / "copy.xlsx"

    write_copy((source, source.name), (), (), target, "en")

    assert raw(target) == raw(source)
