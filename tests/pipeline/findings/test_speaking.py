import json
import pickle
import re
from io import BytesIO
from itertools import combinations

import locations
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, RdfFormat, parse

from pipeline.findings.messages import (
    Sentence,
    Value,
    Wording,
    decode_value,
    encode_value,
    fill,
    holes,
    join,
    say,
    say_number,
)
from pipeline.findings.translation import SPOKEN, in_language, place_in, translate_finding
from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf.vocabulary import shapes_files

pytestmark = pytest.mark.thorough

PIPELINE = locations.ROOT / "pipeline"
FOLDER = PIPELINE / "translations"
OTHERS = tuple(language for language in SPOKEN if language != "en")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "say": None,
    "say_number": (1, 2),
    "mark_for_translation": None,
}
METHODS = [
    ("vocabulary_checks/**.py", "ignore"),
    ("**.py", "python"),
    ("**_messages.toml", "pipeline.findings.messages:extract_messages"),
    ("findings/reports/templates/**.*ml", "jinja2.ext:babel_extract"),
]
ITLAY = say(
    "Unknown country “{text}”.{question} Write its name or ISO code.",
    text="Itlay",
    question=say(" Did you mean “{value}”?", value="Italy"),
)


def is_translated(template: str) -> bool:
    return any(c.isalpha() or c == "“" for c in re.sub(r"\{\w+\}", "", template))


def written() -> set[tuple[str, ...]]:
    """Return the templates of the sources: one, or one for a number and one for several."""
    found = extract_from_dir(str(PIPELINE), METHODS, keywords=KEYWORDS)
    ids = {(message,) if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}
    return {each for each in ids if is_translated(each[0])}


def translated(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {
        (each.id,) if isinstance(each.id, str) else tuple(each.id): (
            (each.string,) if isinstance(each.string, str) else tuple(each.string)
        )
        for each in catalogue
        if each.id
    }


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_that_is_no_more(language: str) -> None:
    assert set(translated(language)) == written()


@pytest.mark.parametrize(("one", "other"), [*combinations(SPOKEN, 2)])
def test_no_long_sentence_is_the_same_in_two_languages(one: str, other: str) -> None:
    texts, others = texts_of(one), texts_of(other)

    assert [each for key, each in texts.items() if each == others[key] and len(each[0].split()) > 4] == []


def texts_of(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {key: key for key in translated("fr")} if language == "en" else translated(language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_quotation_marks_of_its_language(language: str) -> None:
    wrong = "”" if language == "de" else "“”„"

    assert [
        texts for texts in translated(language).values() if any(set(wrong) & set(text) for text in texts)
    ] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_holes_of_its_sentence(language: str) -> None:
    differing = {
        templates: texts
        for templates, texts in translated(language).items()
        if any(holes(text) != holes(templates[-1]) for text in texts[-1:])
        or any(set(holes(text)) - set(holes(templates[-1])) for text in texts)
        or not all(texts)
    }

    assert differing == {}


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_that_is_used_is_the_one_that_is_written(language: str) -> None:
    made = BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as file:
        write_mo(made, read_po(file, locale=language))

    assert (FOLDER / f"{language}.mo").read_bytes() == made.getvalue()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Unknown country “Itlay”. Did you mean “Italy”? Write its name or ISO code."),
        (
            "fr",
            (
                "«\u202fItlay\u202f» n’est pas un pays connu. Vouliez-vous dire «\u202fItaly\u202f»\u202f? "
                "Écrivez son nom ou son code ISO."
            ),
        ),
        (
            "de",
            "„Itlay“ ist kein bekanntes Land. Ist „Italy“ gemeint? Schreiben Sie den Namen oder den ISO-Code.",
        ),
        ("pt", "«Itlay» não é um país conhecido. Queria dizer «Italy»? Escreva o seu nome ou código ISO."),
    ],
)
def test_a_sentence_is_said_in_the_language_of_its_reader(language: str, text: str) -> None:
    assert in_language(ITLAY, language) == text


def test_numbers_are_grouped_and_counted_as_the_language_does() -> None:
    many = say_number("{number} row", "{number} rows", 12345)

    assert [in_language(many, language) for language in ("en", "fr", "de")] == [
        "12,345 rows",
        "12\u202f345 lignes",
        "12.345 Zeilen",
    ]
    assert in_language(say_number("{number} row", "{number} rows", 0), "fr") == "0 ligne"
    assert in_language(say_number("{number} row", "{number} rows", 0), "de") == "0 Zeilen"


def test_a_sentence_with_an_untranslated_part_is_said_in_english_as_a_whole() -> None:
    part = say("this is in no {catalogue}", catalogue="X")
    whole = say("{sentence} Correct it.", sentence=part)

    assert in_language(whole, "pt") == str(whole)
    assert in_language("a text of somebody else", "fr") == "a text of somebody else"


def test_what_stands_in_several_languages_is_not_translated_but_chosen() -> None:
    named = say(
        "no country is stated; the text names {country}. Write it into the column.",
        country=(Wording({"en": "Italy", "fr": "Italie"}), Wording({"fr": "Espagne"})),
    )

    assert "names Italy, Espagne." in named
    assert "Italie, Espagne" in in_language(named, "fr")


@pytest.mark.parametrize("language", SPOKEN)
def test_every_part_of_a_place_has_a_word_in_every_language(language: str) -> None:
    place = Place("a.xlsx", "Sheet 1", 3, "title", line=4, pointer="/0")
    english = str(place)
    said = place_in(place, language)

    assert (said == english) == (language == "en")
    assert all(part in said for part in ("a.xlsx", "Sheet 1", "3", "title", "4", "/0"))
    assert place_in(Place("a.ttl", line=1, column=2), "en") == str(Place("a.ttl", line=1, column=2))


def test_a_finding_said_in_a_language_changes_in_nothing_else() -> None:
    finding = Finding(Severity.VIOLATION, "country-unknown", ITLAY, Place("a.csv", row=2))

    assert translate_finding(finding, "en") is finding
    assert translate_finding(finding, "fr").message != finding.message
    assert translate_finding(finding, "fr").place == finding.place


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
places = st.builds(Place, names, row=st.none() | st.integers(1, 99), column=st.none() | names)
simple = names | st.integers(0, 10**6) | places
sentences = st.recursive(
    simple | st.builds(lambda text: Wording({"en": text, "fr": text[::-1]}), names),
    lambda parts: (
        st.builds(lambda a, b: say("{a} and {b}.", a=a, b=b), parts, parts)
        | st.lists(parts, max_size=3).map(tuple)
        | st.lists(parts, max_size=3).map(join)
    ),
    max_leaves=6,
)


@given(sentences)
def test_a_sentence_passes_unchanged_through_json_and_between_processes(value: Value) -> None:
    for again in (
        decode_value(json.loads(json.dumps(encode_value(value)))),
        pickle.loads(pickle.dumps(value)),
    ):
        assert again == value
        if isinstance(value, Sentence) and isinstance(again, Sentence):
            assert (again.templates, again.values) == (value.templates, value.values)
            assert in_language(again, "fr") == in_language(value, "fr")


@given(names)
def test_braces_in_a_value_stay_what_they_are(text: str) -> None:
    assert fill("{a}: {b}", {"a": "{b}" + text, "b": "x"}) == "{b}" + text + ": x"
    assert say("{a}", a="{a.__class__}" + text) == "{a.__class__}" + text


def test_every_rule_of_records_speaks_all_languages() -> None:
    messages: dict[str, set[str]] = {}
    path = next(path for path in shapes_files() if path.name == "practice.ttl")
    for triple in parse(path=str(path), format=RdfFormat.TURTLE):
        if triple.predicate.value.endswith("#message") and isinstance(triple.object, Literal):
            messages.setdefault(str(triple.subject), set()).add(triple.object.language or "")

    assert len(messages) > 90
    assert {rule: spoken for rule, spoken in messages.items() if spoken != set(SPOKEN)} == {}
