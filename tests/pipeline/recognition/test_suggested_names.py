"""Suggested names of countries and topics, in the language of who reads them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from endpoint.validation.digest import make_digest
from endpoint.validation.excerpts import Excerpts
from pipeline import validate
from pipeline.cli import main
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.topics import recognise_topics

TABLE = "title,country,topics\nWelcome guide,Spaniel,Educatoin\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "p.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("language", "name", "topic"),
    [
        ("en", "Spain", "Education"),
        ("fr", "Espagne", "Éducation"),
        ("de", "Spanien", "Bildung"),
        ("pt", "Espanha", "Educação"),
    ],
)
def test_a_name_is_suggested_in_the_language_of_the_reader(
    table: Path, language: str, name: str, topic: str
) -> None:
    made = CliRunner().invoke(main, ["validate", str(table), "--format", "json", "--lang", language])

    found = {each["code"]: each for each in json.loads(made.output)["findings"]}
    assert (
        found["country-unknown"]["suggestion"]["value"],
        found["topic-unknown"]["suggestion"]["value"],
    ) == (
        name,
        topic,
    )
    assert name in found["country-unknown"]["message"]
    assert topic in found["topic-unknown"]["message"]
    assert recognise_country(name).codes == ("ESP",)
    assert recognise_topics(topic).slugs == ("education",)


def test_the_page_gives_a_name_once_in_each_of_its_languages(table: Path) -> None:
    checked = validate(table)
    outcome = ReportOutcome(checked.numbers, checked.conforms, checked.accepted)

    digest = make_digest(checked.findings, outcome, Excerpts(None, {}))

    (line,) = next(each for each in digest.rules if each.code == "country-unknown").lines
    assert "Spain" in line.messages["en"]
    assert "Espagne" in line.messages["fr"]
    assert "Spain" not in line.messages["fr"]
