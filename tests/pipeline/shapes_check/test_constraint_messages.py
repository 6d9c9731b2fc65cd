"""Messages on constraints of shapes that state none: plain words for each kind, in every language."""

import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import validate
from pipeline.findings.reports.rules import rule
from pipeline.findings.translation import SPOKEN, translate_finding
from pipeline.model.finding import Finding
from pipeline.shapes_check.pyshacl_text import Prefixes, UnreadableText, listed_terms, read_nodes
from pipeline.shapes_check.shape_words import shapes_in_words
from tests.locations import CASES

FOLDER = CASES / "foreign_shapes" / "every-constraint"
DASH = Path(pyshacl.__file__).parent / "assets" / "dash.ttl"
COMPONENTS = {
    *("and", "or", "xone", "not", "node", "class", "datatype", "node-kind", "closed", "has-value", "in"),
    *("min-count", "max-count", "min-length", "max-length", "pattern", "language-in", "unique-lang"),
    *("min-inclusive", "max-inclusive", "min-exclusive", "max-exclusive", "equals", "disjoint"),
    *(
        "less-than",
        "less-than-or-equals",
        "qualified-min-count",
        "qualified-max-count",
        "sparql",
        "expression",
    ),
}
OF_DASH = {
    *("co-exists-with", "has-value-in", "has-value-with-class", "root-class", "single-line", "stem"),
    *("symmetric", "unique-value-for-class", "primary-key"),
}
RAW = re.compile(r"Literal\(|Parameterised|\[ |ConstraintComponent|', '|: \.|<http://example\.org/")


@cache
def results() -> tuple[Finding, ...]:
    core = validate(FOLDER / "data.ttl", shapes=FOLDER / "shapes.ttl").findings
    dash = validate(FOLDER / "dash-data.ttl", shapes=[FOLDER / "dash-shapes.ttl", DASH]).findings
    return tuple(each for each in (*core, *dash) if each.result is not None)


def test_there_is_a_result_of_every_constraint() -> None:
    assert {each.code for each in results()} >= COMPONENTS | OF_DASH


def test_no_message_shows_the_notation_of_a_program() -> None:
    assert [str(each.message) for each in results() if RAW.search(each.message)] == []


@pytest.mark.parametrize("language", [language for language in SPOKEN if language != "en"])
def test_every_message_and_title_is_translated(language: str) -> None:
    untranslated = {
        each.code for each in results() if translate_finding(each, language).message == str(each.message)
    }
    titles = {
        code for code in COMPONENTS | OF_DASH if rule(code).texts_in(language) == rule(code).texts_in("en")
    }

    assert (untranslated, titles) == (set(), set())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[ sh:datatype xsd:date ] , [ sh:datatype xsd:gYear ]", "datatype xsd:date; datatype xsd:gYear"),
        ('[ sh:minCount Literal("1", datatype=xsd:integer) ; sh:path <http://e.org/n> ]', "ex:n present"),
        (
            '[ sh:maxCount Literal("0", datatype=xsd:integer) ; sh:path [ sh:inversePath <http://e.org/n> ] ]',
            "no ^ex:n",
        ),
        ('[ sh:in ( Literal("a, b") Literal("c", lang=en) ) ]', 'one of these values: a, b, "c"@en'),
        ("[ sh:not [ sh:nodeKind sh:IRI ] ]", "not (an IRI)"),
        (
            "[ sh:or ( [ sh:class <http://e.org/A> ] <http://e.org/B> ) ]",
            "at least one of (an instance of ex:A; ex:B)",
        ),
        ('[ sh:pattern Literal("^[a-z]\\(x\\)$") ]', "a text that matches the pattern ^[a-z]\\(x\\)$"),
        (
            '[ sh:property [ sh:path <http://e.org/n> ; sh:minLength Literal("2") ] ]',
            "ex:n: at least 2 characters",
        ),
        ("[ ex:own <http://e.org/n> ]", "ex:own ex:n"),
        ("[ ", "["),
    ],
)
def test_a_nested_shape_is_put_in_words(text: str, words: str) -> None:
    assert str(shapes_in_words(text, Prefixes.of({"ex": "http://e.org/"}))) == words


@given(st.text(alphabet="[]();,\"'LiteraQ <>:=abc\\ \n", max_size=60))
def test_any_text_is_shown_somehow(text: str) -> None:
    prefixes = Prefixes.of({})

    assert isinstance(listed_terms(text, prefixes), str)
    assert str(shapes_in_words(text, prefixes)) is not None
    with suppress(UnreadableText):
        read_nodes(text, prefixes)


def test_a_deeply_nested_text_is_no_trouble() -> None:
    assert str(shapes_in_words("[ sh:not " * 5000 + "]" * 5000, Prefixes.of({})))
