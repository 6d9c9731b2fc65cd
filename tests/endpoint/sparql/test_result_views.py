"""Views of results: cells, charts, maps and workbooks, from results in SPARQL's JSON."""

import io
import math
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint.sparql.result_views import Choice, Result
from endpoint.sparql.views.result_cells import rows
from endpoint.sparql.views.result_chart import KINDS, MOST_MARKS, chart, columns
from endpoint.sparql.views.result_map import result_map
from endpoint.tables.table_cells import Cell
from endpoint.tables.workbook_writer import MOST_CELLS, TooLarge, workbook
from pipeline.rdf.vocabulary import XSD

CASES = Path(__file__).parents[2] / "cases" / "sparql" / "chart_columns.toml"
_DATATYPES = {"year": "gYear", "date": "date"}


def literal(text: str, datatype: str = "", lang: str = "") -> dict[str, Any]:
    return {
        "type": "literal",
        "value": text,
        **({"datatype": XSD + datatype} if datatype else {}),
        **({"xml:lang": lang} if lang else {}),
    }


def term(value: str | float) -> dict[str, Any] | None:
    """Return a value of a case as SPARQL's JSON."""
    if isinstance(value, int | float):
        return literal(str(value), "integer" if isinstance(value, int) else "decimal")
    kind, _, text = value.partition(":")
    if not value:
        return None
    if kind == "iri":
        return {"type": "uri", "value": text}
    return literal(text, _DATATYPES.get(kind, ""))


def read(variables: list[str], values: list[list[Any]]) -> tuple[Any, ...]:
    bindings = [
        {
            name: found
            for name, value in zip(variables, row, strict=True)
            if (found := term(value)) is not None
        }
        for row in values
    ]
    return rows(variables, bindings)


def text_of(cell: Cell) -> str:
    return cell.text


@pytest.mark.parametrize(
    "case", tomllib.loads(CASES.read_text(encoding="utf-8"))["case"], ids=lambda case: case["name"]
)
def test_a_chart_takes_the_column_that_was_counted_and_the_one_that_names_the_rows(
    case: dict[str, Any],
) -> None:
    found = columns(case["variables"], read(case["variables"], case["rows"]), case["query"])

    expected = tuple(case.get(name) for name in ("category", "value", "kind"))
    assert (found and (found.category, found.value, found.kind)) == (expected if expected[0] else None)


@given(
    st.lists(st.floats(-1e299, 1e299) | st.integers(-5, 5).map(float), min_size=1, max_size=MOST_MARKS + 5),
    st.sampled_from(KINDS),
)
def test_every_mark_of_a_chart_lies_within_it_and_grows_with_its_value(
    numbers: list[float], kind: Any
) -> None:
    table = rows(
        ["a", "n"], [{"a": literal("x"), "n": literal(repr(number), "double")} for number in numbers]
    )
    drawn = chart(["a", "n"], table, "a", "n", kind, text_of)

    assert drawn is not None
    assert len(drawn.marks) + drawn.beyond == len(numbers)
    for mark in drawn.marks:
        assert 0 <= mark.x <= mark.x + mark.width <= drawn.width + 1
        assert 0 <= mark.y <= mark.y + mark.height <= drawn.height
    if kind == "line":
        heights = [(number, -mark.y) for number, mark in zip(numbers, drawn.marks, strict=False)]
        ordered = [height for _, height in sorted(heights)]
        assert all(one <= other + 0.11 for one, other in pairwise(ordered))


@pytest.mark.parametrize("numbers", [[1e308, -1e308], [5e-324], [0.0], [1e308]])
def test_numbers_at_the_ends_of_their_range_do_no_harm(numbers: list[float]) -> None:
    table = rows(["n"], [{"n": literal(repr(number), "double")} for number in (*numbers, 1.0)])

    drawn = [chart(["n"], table, "n", "n", kind, text_of) for kind in KINDS]

    assert [found is not None for found in drawn] == [True] * 3


def test_a_chart_says_how_many_rows_it_does_not_show() -> None:
    table = read(["a", "n"], [["text:a", 1], ["text:b", ""], *([["text:c", 1]] * MOST_MARKS)])

    drawn = chart(["a", "n"], table, "a", "n", "bars", text_of)

    assert drawn is not None
    assert (drawn.without_number, drawn.beyond) == (1, 1)


def test_numbers_that_are_none_are_shown_as_they_were_written() -> None:
    values = [literal(text, "integer") for text in ("12", "twelve", "9" * 500, "INF", "١٢")]
    cells = [row[0] for row in rows(["n"], [{"n": value} for value in values])]

    assert [cell and cell.kind for cell in cells] == ["number", *["other"] * 4]


def test_points_in_well_known_text_are_places_too() -> None:
    wkt = "http://www.opengis.net/ont/geosparql#wktLiteral"
    points = [
        "POINT(7.68 45.07)",
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> Point ( 13.4 52.5 )",
        "POINT(999 1)",
        "POINT(. .)",
    ]
    bindings = [
        {"at": {"type": "literal", "value": point, "datatype": wkt}, "name": literal(point[:5])}
        for point in points
    ]

    found = result_map(["at", "name"], rows(["at", "name"], bindings), text_of)

    assert found is not None
    assert [place.y for place in found.places] == [-45.07, -52.5]
    assert all(found.x <= place.x <= found.x + found.width for place in found.places)
    assert all(found.y <= place.y <= found.y + found.height for place in found.places)


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20))
def test_every_place_lies_on_its_map(places: list[tuple[float, float]]) -> None:
    bindings = [
        {"lat": literal(f"{lat:.6f}", "decimal"), "long": literal(f"{lon:.6f}", "decimal")}
        for lat, lon in places
    ]

    found = result_map(["lat", "long"], rows(["lat", "long"], bindings), text_of)

    assert found is not None
    assert len(found.places) == len(places)
    for place in found.places:
        assert found.x - 1e-3 <= place.x <= found.x + found.width + 1e-3
        assert found.y - 1e-3 <= place.y <= found.y + found.height + 1e-3


@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from(["=1+1", "+1", "-1", "@A1", "_x0041_"]), min_size=1, max_size=8
    )
)
def test_a_text_in_a_workbook_is_a_text_and_the_same(texts: list[str]) -> None:
    content = workbook(["v"], rows(["v"], [{"v": literal(text)} for text in texts]), [("Query", "=1")])

    sheets = openpyxl.load_workbook(io.BytesIO(content))
    cells = [row[0] for row in sheets["Results"].iter_rows(min_row=2)]
    assert all(cell.data_type in ("s", "n") and not isinstance(cell.value, int | float) for cell in cells)
    for cell, text in zip(cells, texts, strict=True):
        shown = openpyxl.utils.escape.unescape(str(cell.value or ""))
        allowed = "".join(
            letter if letter.isprintable() or letter in "\t\n\r" else "\ufffd" for letter in text
        )
        if shown != text:
            assert "\ufffd" in shown
            assert len(shown) == len(allowed)
    assert sheets["Source"]["B1"].value == "=1"
    assert sheets["Source"]["B1"].data_type == "s"


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_a_workbook_is_the_same_or_a_text(number: float) -> None:
    written = repr(number)
    datatype = "integer" if isinstance(number, int) else "double"
    content = workbook(["n"], rows(["n"], [{"n": literal(written, datatype)}]), [])

    value = openpyxl.load_workbook(io.BytesIO(content))["Results"]["A2"].value
    assert value == written or math.isclose(value, number, rel_tol=1e-15)


def test_dates_and_truths_in_a_workbook_are_those_of_a_spreadsheet() -> None:
    values = [
        literal("2018-03-01", "date"),
        literal("1899-03-01", "date"),
        literal("2018-03-01T10:30:00", "dateTime"),
        literal("2018-03-01T10:30:00Z", "dateTime"),
        literal("true", "boolean"),
        literal("2018", "gYear"),
    ]
    content = workbook(["v"], rows(["v"], [{"v": value} for value in values]), [])

    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(content))["Results"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["d", "s", "d", "s", "b", "n"]
    assert [str(cell.value) for cell in cells] == [
        "2018-03-01 00:00:00",
        "1899-03-01",
        "2018-03-01 10:30:00",
        "2018-03-01T10:30:00Z",
        "True",
        "2018",
    ]


def test_a_workbook_cuts_nothing() -> None:
    with pytest.raises(TooLarge, match="longer than 32767 characters"):
        workbook(["v"], rows(["v"], [{"v": literal("x" * 32_768)}]), [])
    with pytest.raises(TooLarge, match=f"more than {MOST_CELLS} cells"):
        workbook(["v"], rows(["v"], [{}] * MOST_CELLS), [])


@pytest.mark.parametrize("view", ["", "chart", "map", "raw", "table", "nonsense"])
def test_a_choice_survives_its_address(view: str) -> None:
    choice = Choice.of({"view": view, "page": "-1", "kind": "pie", "title": " A " * 200, "value": "n"})

    assert (choice.page, choice.kind) == (1, None)
    assert len(choice.title) <= 120
    assert Choice.of(choice.arguments()).view == choice.view


def test_a_graph_is_a_table_of_its_triples() -> None:
    turtle = b'<http://e/s> <http://e/p> "x"@fr , 4 , _:b .'

    result = Result(turtle, "CONSTRUCT", "")

    assert result.views == ("raw", "table")
    assert [cell and (cell.kind, cell.lang) for cell in (row[2] for row in result.table(1).rows)] == [
        ("text", "fr"),
        ("number", ""),
        ("other", ""),
    ]
