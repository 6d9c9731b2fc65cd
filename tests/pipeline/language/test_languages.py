import csv

import locations
import pytest
from babel import Locale

from pipeline.language.languages import detect_language, language_iri, language_tag
from pipeline.language.text_matching import fold

PRACTICES = locations.SHARED / "data" / "practices.csv"
FOLDER = locations.ROOT / "pipeline" / "language"
TABLE = list(csv.DictReader(FOLDER.joinpath("languages.csv").read_text("utf-8").splitlines()))
AUTHORITY = "http://publications.europa.eu/resource/authority/language/"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        (" EN ", "en"),
        ("English", "en"),
        ("anglais", "en"),
        ("Englisch", "en"),
        ("français", "fr"),
        ("FRANCAIS", "fr"),
        ("fr-FR", "fr"),
        ("pt_PT", "pt"),
        ("zh-Hant-TW", "zh"),
        ("deu", "de"),
        ("ger", "de"),
        ("српски", "sr"),
        ("Serbian (Latin)", "sr"),
        ("euskara", "eu"),
        ("shqip", "sq"),
        ("Castilian", "es"),
        ("iw", "he"),
        ("nb", "nb"),
        ("cy", "cy"),
        ("xx", None),
        ("klingon", None),
        ("und", None),
        ("en,fr", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
def test_a_language_is_known_by_tag_code_or_name(text, tag):
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "ENG"), ("fr", "FRA"), ("de", "DEU"), ("it", "ITA"), ("pt", "POR"), ("es", "SPA"), ("sr", "SRP"),
     ("sq", "SQI"), ("sv", "SWE"), ("eu", "EUS"), ("pt-BR", "POR"), ("EN", "ENG")],
)  # fmt: skip
def test_a_language_has_its_iri_in_the_authority_table(tag, code):
    assert language_iri(tag) == AUTHORITY + code


def test_a_language_outside_the_table_has_no_iri():
    assert language_iri("tlh") is None


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Ceci est une phrase assez longue pour que la langue en soit reconnue sans peine.", "fr"),
        ("Dies ist ein Satz, der lang genug ist, damit man seine Sprache erkennen kann.", "de"),
        ("Ово је реченица која је довољно дуга да се њен језик препозна без муке.", "sr"),
        ("Esta é uma frase suficientemente longa para que a língua seja reconhecida.", "pt"),
    ],
)
def test_the_language_of_a_sentence_is_detected(text, tag):
    found, confidence = detect_language(text)
    assert found == tag
    assert 0.75 <= confidence <= 1
    assert detect_language(text) == (found, confidence)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Too short to tell.",
        "x" * 500,
        "Poboljšanje prikupljanja podataka o jednakosti u Belgiji i Irskoj",
    ],
)
def test_a_short_or_doubtful_text_tells_no_language(text):
    assert detect_language(text) is None


@pytest.mark.skipif(not PRACTICES.exists(), reason="the shared practices are not here")
def test_no_language_of_a_real_summary_is_mistaken():
    with PRACTICES.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["summary"]]
    found = [detect_language(row["summary"]) for row in rows]
    assert all(each is None or each[0] == row["summary_lang"] for each, row in zip(found, rows, strict=True))
    assert sum(each is None for each in found) <= 2


def made_codes() -> dict[str, str]:
    two_letters = {code: code for code in map(str, Locale("en").languages) if len(code) == 2}
    three_letters = {row["authority"].lower(): row["tag"] for row in TABLE if row["authority"]}
    others = {code: row["tag"] for row in TABLE for code in row["other codes"].split()}
    return {**two_letters, **three_letters, **others}


def made_names() -> dict[str, str]:
    tags = [row["tag"] for row in TABLE if row["authority"]]
    names = {name: row["tag"] for row in TABLE for name in row["other names"].split("|") if name}
    for locale in ("en", "fr", "es", "it", "de", "pt", *tags):
        shown = Locale(locale).languages
        for tag in tags if locale in ("en", "fr", "es", "it", "de", "pt") else (locale,):
            names.setdefault(fold(shown.get(tag, tag)), tag)
    return names


def test_the_table_of_codes_and_names_is_what_cldr_gives() -> None:
    made = [f"{text},{tag},code" for text, tag in sorted(made_codes().items())]
    made += [f"{text},{tag},name" for text, tag in sorted(made_names().items())]

    assert FOLDER.joinpath("language_names.csv").read_text("utf-8").splitlines() == ["text,tag,kind", *made]
