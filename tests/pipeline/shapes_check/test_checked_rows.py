"""What counts as a row: a line of a table, an object, a subject, in any number of languages."""

import json
from pathlib import Path

import pytest

from pipeline import validate
from pipeline.findings.accounting import Accounting

TURTLE = """
@prefix icgp: <https://w3id.org/intercultural-practices/ns#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix country: <https://w3id.org/intercultural-practices/country/> .
<https://example.org/practice/a> a icgp:GoodPractice ;
  dct:title "Welcome guide"@en , "Guide de bienvenue"@fr , "Guía de acogida"@es ; icgp:country country:ESP .
<https://example.org/practice/b> a icgp:GoodPractice ; dct:title "Garden"@en , "Jardin"@fr .
"""
OBJECTS = [
    {"title": {"en": "Welcome guide", "fr": "Guide de bienvenue"}, "country": "Spain"},
    {"title": {"en": "Garden", "fr": "Jardin"}},
]


def numbers(path: Path, content: str) -> Accounting:
    path.write_text(content, encoding="utf-8")
    found = validate(path).numbers
    assert isinstance(found, Accounting)
    return found


@pytest.mark.parametrize(
    ("name", "content"), [("p.ttl", TURTLE), ("p.json", json.dumps(OBJECTS))], ids=["turtle", "json"]
)
def test_a_record_in_several_languages_is_one_row(tmp_path: Path, name: str, content: str) -> None:
    found = numbers(tmp_path / name, content)

    assert (found.rows_in, found.used, found.quarantined, found.practices) == (2, 1, 1, 1)
    assert found.adds_up()


def test_a_record_repeated_in_another_file_is_one_repeated_row(tmp_path: Path) -> None:
    (tmp_path / "again.ttl").write_text(TURTLE, encoding="utf-8")
    (tmp_path / "p.ttl").write_text(TURTLE, encoding="utf-8")

    found = validate(tmp_path / "p.ttl", tmp_path / "again.ttl").numbers

    assert isinstance(found, Accounting)
    assert (found.rows_in, found.used, found.repeated, found.quarantined) == (4, 1, 2, 1)


def test_rows_of_which_nothing_was_understood_are_not_taken_for_repeated_ones(tmp_path: Path) -> None:
    lines = "\n".join(f"thing {number},x{number}" for number in range(20))

    found = numbers(tmp_path / "p.csv", f"foo,bar\n{lines}\nthing 0,x0\n")

    assert (found.rows_in, found.used, found.repeated, found.quarantined) == (21, 0, 1, 20)
