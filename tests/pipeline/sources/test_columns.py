import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.rows import FIELDS
from pipeline.sources.tables.columns import field_of, fold_header, known_names, read_columns
from pipeline.sources.tables.dialect import declared_delimiter, detect_delimiter


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
        ("Thème n° 2", None),
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


def test_no_name_stands_for_two_fields() -> None:
    table = files("pipeline.sources.tables").joinpath("columns.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    pairs = {(fold_header(name), row["field"]) for row in rows for name in row["names"].split("|")}
    assert len(pairs) == len(known_names())
    assert tuple(row["field"] for row in rows) == FIELDS


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
