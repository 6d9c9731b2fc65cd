"""Figures to take away: what a reader finds in the files of a chart or map, and in a frame of another site."""

import csv
import io
import itertools
import json
from xml.etree import ElementTree

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from endpoint.pages.charts import WIDTH, timeline

NAMES = ("europe", "world", "years", "topics")
PATHS = (*(f"/explore/{name}" for name in NAMES), "/changes/months")
SVG = "{http://www.w3.org/2000/svg}"


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


@given(st.dictionaries(st.integers(1, 9999), st.integers(1, 500), min_size=1, max_size=60))
def test_no_year_is_left_out_of_a_chart(counts: dict[int, int]) -> None:
    chart = timeline(counts, str)

    assert {int(bar.name): bar.count for bar in chart.bars if bar.count} == counts
    assert [int(bar.name) for bar in chart.bars] == sorted(int(bar.name) for bar in chart.bars)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.2 for bar in chart.bars)
    missing = max(counts) - min(counts) + 1 - len(chart.bars)
    assert bool(chart.breaks) == bool(missing)
    named = [bar.x + bar.width / 2 for bar in chart.bars if bar.is_named]
    widest = 11 * max(len(bar.name) for bar in chart.bars)
    assert all(later - earlier >= widest - 0.2 for earlier, later in itertools.pairwise(named))


@pytest.mark.parametrize("path", PATHS)
def test_a_figure_comes_as_image_and_tables_with_its_columns_described(
    client: FlaskClient, path: str
) -> None:
    image = client.get(f"{path}.svg")
    assert image.mimetype == "image/svg+xml"
    drawn = ElementTree.fromstring(image.data)
    assert drawn.find(f"{SVG}title") is not None
    assert "style" not in {element.tag.removeprefix(SVG) for element in drawn.iter()}

    table = client.get(f"{path}.csv")
    assert "describedby" in table.headers["Link"]
    columns = list(rows(table.text)[0])
    described = json.loads(client.get(f"{path}.csv-metadata.json").data)
    assert [column["name"] for column in described["tableSchema"]["columns"]] == columns
    assert all(column["dc:description"]["@value"] for column in described["tableSchema"]["columns"])

    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}.xlsx").data))["Numbers"]
    assert [cell.value for cell in sheet[1]] == columns
    assert sheet.max_row == 1 + len(rows(table.text))


@pytest.mark.parametrize("path", PATHS)
def test_only_the_page_for_frames_may_be_framed(client: FlaskClient, path: str) -> None:
    page = path.rpartition("/")[0]
    framed = client.get(f"/fr{path}/embed")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    assert '<html lang="fr"' in framed.text
    for other in (page, f"{path}.svg"):
        assert "frame-ancestors 'none'" in client.get(other).headers["Content-Security-Policy"]
    assert f"{path}/embed" in client.get(page).text


def test_the_numbers_are_those_of_the_selection_and_the_image_says_so(client: FlaskClient) -> None:
    years = rows(client.get("/explore/years.csv?topic=anti-rumour").text)
    assert years == [{"year": "2018", "practices": "1"}, {"year": "2019", "practices": "1"}]
    places = rows(client.get("/explore/europe.csv?country=DEU").text)
    assert {place["country"] for place in places} == {"DEU"}
    assert "Germany" in client.get("/explore/europe.svg?country=DEU").text
    assert "Allemagne" in client.get("/fr/explore/europe.svg?country=DEU").text


@pytest.mark.parametrize(
    "query", ["q=%00%01%0b%EF%BF%BF", "q=<script>&topic=x", "q=" + "x" * 5000, "ids=nothing", "country=ZZZ"]
)
@pytest.mark.parametrize("name", NAMES)
def test_no_selection_breaks_a_file(client: FlaskClient, name: str, query: str) -> None:
    ElementTree.fromstring(client.get(f"/explore/{name}.svg?{query}").data)
    for form in ("csv", "xlsx", "csv-metadata.json"):
        assert client.get(f"/explore/{name}.{form}?{query}").status_code == 200
    assert client.get(f"/explore/{name}/embed?{query}").status_code == 200


def test_a_figure_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    for path in (
        "/explore/nothing.svg",
        "/explore/years.gif",
        "/explore/nothing/embed",
        "/changes/nothing.csv",
    ):
        assert client.get(path).status_code == 404


def test_the_changes_of_a_month_are_those_of_its_releases(client: FlaskClient) -> None:
    total = sum(int(row["added"]) for row in rows(client.get("/changes/months.csv").text))
    assert f"{total} change" in client.get("/changes?kind=added").text
