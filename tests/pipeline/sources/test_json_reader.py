import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from readings import cases, expected, outcome, parsed

from pipeline.model.fields import FIELDS
from pipeline.recognition.places.city_with_country import city_and_country
from pipeline.sources.files.cleaning import clean_text
from pipeline.sources.readers import read_source
from pipeline.sources.structured.json_values import cells_of, is_language_map, text_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(tuple(FIELDS))
            | st.sampled_from(("en", "fr", "label", "x"))
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("case", cases("json"), ids=lambda case: case.name)
def test_a_file_is_read_as_its_case_expects(case: Path) -> None:
    assert parsed(next(case.glob("source.*"))) == expected(case)


def test_a_build_reads_json_through_a_child(tmp_path: Path) -> None:
    case = next(case for case in cases("json") if case.name == "language-map")
    assert outcome(case / "source.json") == expected(case)


def test_nesting_a_hundred_thousand_deep_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000)
    assert outcome(path) == {"refused": "deep.json cannot be read: it is nested too deep. Make it flatter."}
    path.write_text('{"a":' * 100_000 + "1" + "}" * 100_000)
    assert outcome(path) == {"refused": "deep.json cannot be read: it is nested too deep. Make it flatter."}


def test_a_row_keeps_what_the_object_had(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"title": " A\\u0000 ", "land": "Italien", "colour": ["red", 1], "leer": null}]')
    (row,) = read_source(path).rows()
    assert dict(row.raw) == {"title": " A\0 ", "land": "Italien", "colour": "red, 1", "leer": ""}
    assert dict(row.columns) == {"title": "title", "country": "land"}
    assert str(row.place_of("country")) == 'x.json, at /0, column "land"'


def test_a_corrected_object_names_the_row_it_corrects(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"title": "A", "_origin": "practices.csv#17", "_problems": "no country"}]')
    (row,) = read_source(path).rows()
    assert row.origin == "practices.csv#17"
    assert dict(row.raw) == {"title": "A"}


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"title": "A", "country": "Spain"}]')
    source = read_source(path)
    path.write_text('[{"title": "Another", "country": "Spain"}]')
    with pytest.raises(Exception, match="changed while it was read"):
        list(source.rows())


def test_an_object_with_the_key_id_alone_is_no_text_in_indonesian() -> None:
    assert not is_language_map({"id": "ESP"})
    assert is_language_map({"en": "Spain", "fr": ["Espagne"]})
    assert not is_language_map({"en": {"label": "Spain"}})
    assert not is_language_map({"name": "Spain"})


@given(JSON)
def test_every_value_has_a_text(value: object) -> None:
    assert isinstance(text_of(value, " | "), str)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON)
def test_no_json_breaks_the_reader(value: object, tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    found = parsed(path)
    assert found.keys() in ({"refused"}, {"rows", "blank", "findings"})


KEYS = st.sampled_from((*FIELDS, "title_fr", "summary_en", "title_xx", "place")) | st.text(max_size=8)
INNER = st.dictionaries(
    st.sampled_from(("country", "city", "purpose", "x", "en")), st.text(max_size=3), max_size=3
)


@given(st.dictionaries(KEYS, JSON | INNER, max_size=6))
def test_no_key_of_an_object_is_lost(record: dict[str, object]) -> None:
    pointers = {pointer.split("/")[1] for cell in cells_of(record) for pointer in _pointers(cell)}
    assert {key.replace("~", "~0").replace("/", "~1") for key in record} == pointers


def test_two_inner_objects_with_the_same_key_keep_their_values() -> None:
    record = {"place": {"country": "Spain"}, "venue": {"country": "Italy"}}
    assert [(cell.header, cell.value) for cell in cells_of(record)] == [
        ("country", "Spain"),
        ("venue.country", "Italy"),
    ]


def _pointers(cell: object) -> list[str]:
    return [cell.pointer, *(pointer for _, pointer, _ in cell.languages)]  # type: ignore[attr-defined]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from([field for field in FIELDS if field != "lang"]),
        st.text(
            st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
            min_size=1,
            max_size=30,
        ),
    )
)
def test_texts_come_through_as_they_are_but_for_cleaning(tmp_path: Path, texts: dict[str, str]) -> None:
    clean = {field: text for field, raw in texts.items() if (text := clean_text(raw)[0])}
    assume(not city_and_country(clean.get("city", ""))[1])  # such a text is two fields
    path = tmp_path / "x.json"
    path.write_text(json.dumps([texts]), encoding="utf-8")
    assert list(parsed(path).get("rows", {}).values()) == ([clean] if clean else [])
