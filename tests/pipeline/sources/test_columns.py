import csv
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from locations import CASES

from pipeline.model.fields import FIELDS
from pipeline.sources.headings.heading_meanings import field_of, meanings_of
from pipeline.sources.headings.heading_table import Meaning, fold_header, known_headings
from pipeline.sources.tables.columns import read_columns
from pipeline.sources.tables.dialect import declared_delimiter, detect_delimiter

with (CASES / "headings" / "meanings.csv").open(encoding="utf-8", newline="") as lines:
    MEANINGS = list(csv.DictReader(lines))


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_known_by_its_own_name(field: str) -> None:
    assert field_of(field) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("TITLE", "title"),
        (" Title of the practice * ", "title"),
        ("Titre", "title"),
        ("Pays", "country"),
        ("Ville(s)", "city"),
        ("City/Cities", "city"),
        ("Date / Period", "date"),
        ("Année", "date"),
        ("ANNEE", "date"),
        ("Thématiques", "topics"),
        ("Topic 1", "topics"),
        ("topic_3", "topics"),
        ("Topic(s)", "topics"),
        ("Thème n° 2", "topics"),
        ("Résumé (100 mots)", "summary"),
        ("summary_lang", "summary_lang"),
        ("Summary language", "summary_lang"),
        ("Langue", "lang"),
        ("Stimulus/Rationale", "stimulus"),
        ("Stimulus/Rationale:", "stimulus"),
        ("Key reference documents", "references"),
        ("Documents de référence", "references"),
        ("Lien (URL)", "source_url"),
        ("Mise en œuvre", "process"),
        ("mise en oeuvre", "process"),
        ("title_en", "title"),
        ("Titre (FR)", "title"),
        ("Länder", "country"),
        ("Objectif", "purpose"),
        ("Motivation", "stimulus"),
        ("notes", None),
        ("", None),
        ("2024", None),
        ("()", None),
    ],
)
def test_a_column_is_known_by_many_names(header: str, field: str | None) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize("case", MEANINGS, ids=lambda case: case["heading"])
def test_a_heading_says_field_language_and_part(case: dict[str, str]) -> None:
    found = next(iter(meanings_of(case["heading"])), Meaning(""))

    assert (found.field, found.language, found.part) == (case["field"], case["language"], case["part"])


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("id,name,title,country", ["id", None, "title", "country"]),
        ("_id,id,title", [None, "id", "title"]),
        ("Naslov,Država,Kraj", ["title", "country", "city"]),
        ("Tytuł,Kraj,Miasto", ["title", "country", "city"]),
        ("ID,Start time,Completion time,Email,Name,Title", [None, None, None, None, None, "title"]),
        ("Topics/Education,Topics/Roma,Title", ["topics", "topics", "title"]),
    ],
)
def test_columns_are_told_apart_by_those_beside_them(header: str, fields: list[str | None]) -> None:
    assert [column.field for column in read_columns(header.split(","))] == fields


def test_columns_headed_in_two_languages_hold_texts_in_these_languages() -> None:
    columns = read_columns(("Titolo", "Title", "Paese", "Sintesi", "Summary"))

    assert [column.language for column in columns] == ["it", "en", "", "it", "en"]


def test_a_heading_stands_for_one_field_in_a_language_and_all_fields_have_headings() -> None:
    table = files("pipeline.sources.headings").joinpath("columns.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    headings = [(row["language"], fold_header(row["heading"])) for row in rows]
    assert len(headings) == len(set(headings))
    assert {row["field"] for row in rows} == {*FIELDS, "date_start", "date_end"}
    assert len(known_headings()) > 3000


@pytest.mark.parametrize(
    ("headers", "suggested"),
    [
        (("tite", "country"), "title"),
        (("title", "Contry"), "country"),
        (("title", "sumary"), "summary"),
        (("title", "keywords"), None),
        (("title", "_note"), None),
    ],
)
def test_a_misspelt_name_brings_a_suggestion(headers: tuple[str, ...], suggested: str | None) -> None:
    (unknown,) = [column for column in read_columns(headers) if column.field is None]
    assert (unknown.suggestion.value if unknown.suggestion else None) == suggested


def test_a_field_that_a_column_holds_is_not_suggested_again() -> None:
    assert all(column.suggestion is None for column in read_columns(("title", "tittle")))


@given(st.text(max_size=40))
@example("τᾼ")  # iota subscript: a letter when folded, a mark when decomposed
@example("ϒ")  # a capital only once it is decomposed
def test_any_header_folds_to_itself(header: str) -> None:
    assert fold_header(fold_header(header)) == fold_header(header)
    read_columns((header,))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("title,country\na;b,c\n", ","),
        ("title;country\na,b;c,d\n", ";"),
        ("title\tcountry\na,b\tc;d\n", "\t"),
        ("title|country\na,b|c\n", "|"),
        ("foo;bar\n1;2\n3;4,5\n", ";"),
        ("title\na, b; c\n", ","),
        ('"title";"country"\n"a,b,c";"d"\n', ";"),
        ("A list of practices, 2024, draft\n\nTitre;Pays;Ville\na,b;c;d\n", ";"),
        ("", ","),
        ("\n\n", ","),
        ("title;country\na;b\nhalf a li", ";"),
    ],
)
def test_the_delimiter_is_the_one_that_makes_a_table(text: str, delimiter: str) -> None:
    assert detect_delimiter(text) == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("sep=;\r\ntitle;country", ";"),
        ("\ufeffSEP=|\ntitle|country", "|"),
        ('"sep=\t"\ntitle', "\t"),
        ("sep=,", ","),
        ("separate;columns", None),
        ("title\nsep=;\n", None),
    ],
)
def test_a_delimiter_may_be_declared(text: str, delimiter: str | None) -> None:
    assert declared_delimiter(text) == delimiter
