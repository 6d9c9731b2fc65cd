import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from endpoint.assets.atlas.build_atlas import read_atlas
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection
from endpoint.language.graph_facts import Text
from endpoint.pages import maps
from endpoint.pages.charts import HEIGHT, WIDTH, bars, columns, step_of
from endpoint.pages.explore_page import LEVELS, explore_page, legend, level_of
from endpoint.pages.maps import EUROPE, WORLD, small_map
from endpoint.pages.outlines import read_outlines
from endpoint.pages.projections import cut, equal_area, natural_earth

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-56, 80)


def square(west: int, south: int, east: int, north: int) -> list[int]:
    return [west, south, east, south, east, north, west, north]


@pytest.fixture
def atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outlines in which Italy, Germany and one more country are squares."""
    path = tmp_path / "outlines.json"
    shapes = {"ITA": square(700, 3700, 1800, 4700), "DEU": square(600, 4800, 1500, 5500), "FRA": [0, 0, 1, 1]}
    path.write_text(str({code: [ring] for code, ring in shapes.items()}).replace("'", '"'))
    monkeypatch.setattr(maps, "outlines_file", lambda: path)


@pytest.fixture
def no_atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "outlines_file", lambda: tmp_path / "nothing.json")


def maps_in(page: str) -> list[ElementTree.Element]:
    found = re.findall(r'<svg class="map.*?</svg>', page, flags=re.DOTALL)
    return [ElementTree.fromstring(svg) for svg in found]


@pytest.mark.usefixtures("atlas")
def test_countries_are_shaded_and_cities_are_dots_that_lead_on(client: FlaskClient) -> None:
    page = client.get("/explore").text
    europe, world = maps_in(page)
    for drawn in (europe, world):
        names = {link.get("aria-label"): link.get("href") for link in drawn.iter("a")}
        assert names["Germany: 2 practices"] == "/country/DEU"
        assert names["Italy: 1 practice"] == "/country/ITA"
    links = {link.get("href") for link in europe.iter("a")}
    assert {"/doc/city/it-turin", "/doc/city/de-berlin"} <= links
    assert not {link.get("href") for link in world.iter("a")} & {"/doc/city/it-turin"}
    assert "Country outlines are missing" not in page


@pytest.mark.usefixtures("no_atlas")
def test_without_outlines_the_dots_stand_on_a_grid_and_the_page_says_so(client: FlaskClient) -> None:
    page = client.get("/explore?topic=education").text
    assert "Country outlines are missing" in page
    europe, _ = maps_in(page)
    assert {link.get("href") for link in europe.iter("a")} == {"/doc/city/de-berlin"}
    assert europe.find("path").get("d")
    assert not maps_in(client.get("/shortlist?ids=meeting-neighbours-turin").text)


@pytest.mark.usefixtures("atlas")
def test_all_that_the_maps_and_charts_show_stands_in_tables(client: FlaskClient) -> None:
    page = client.get("/explore").text
    rows = re.findall(r'<tr><th scope="row"><a href="([^"]+)".*?<td[^>]*>(\d+)</td>', page, re.DOTALL)
    assert set(rows) == {
        ("/country/DEU", "2"),
        ("/country/IRL", "1"),
        ("/country/ITA", "1"),
        ("/doc/city/de-berlin", "1"),
        ("/doc/city/de-berlin-neukolln", "2"),
        ("/doc/city/it-turin", "1"),
        ("/year/2008", "1"),
        ("/year/2012", "1"),
        ("/year/2018", "1"),
        ("/year/2019", "1"),
        ("/topic/anti-rumour", "1"),
        ("/topic/education", "3"),
        ("/topic/multilingualism", "1"),
        ("/topic/neighbourhood", "1"),
    }
    assert "1 practice has no year" in page


def test_the_page_explores_a_selection_too(client: FlaskClient, release: Release) -> None:
    page = client.get("/explore?country=DEU&q=school").text
    assert "1 practice found" in page
    assert 'href="/practices?q=school&amp;country=DEU"' in page
    assert [place.key for place in explore_page(release, Selection(country=("DEU",))).places] == [
        "de-berlin-neukolln",
        "de-berlin",
    ]


@pytest.mark.parametrize("query", ["?q=xyzzy", "?ids=nothing", "?topic=no&country=ZZZ&year=x"])
def test_an_empty_selection_has_a_page(client: FlaskClient, query: str) -> None:
    response = client.get(f"/explore{query}")
    assert response.status_code == 200
    assert "None of these practices has a year." in response.text or "4" in response.text


@given(st.lists(st.tuples(st.text(min_size=1, max_size=4), st.integers(0, 10**6)), max_size=60))
def test_columns_stay_in_their_chart_and_keep_their_proportions(numbers: list[tuple[str, int]]) -> None:
    chart = columns(numbers)
    assert [(bar.name, bar.count) for bar in chart.bars] == numbers
    for bar in chart.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH + 0.2
        assert bar.y >= 0
        assert abs(bar.y + bar.height - HEIGHT) < 0.11  # each is rounded to 0.1
    assert len(chart.lines) <= 5


@given(st.integers(1, 10**9))
def test_the_lines_of_a_chart_are_few_and_round(most: int) -> None:
    step = step_of(most)
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert -(-most // step) <= 5


def test_bars_lie_with_the_longest_first() -> None:
    made = bars([(Text("b"), "b", 1), (Text("É"), "e", 4), (Text("a"), "a", 1)])
    assert [(bar.value, bar.share) for bar in made] == [("e", 100.0), ("a", 25.0), ("b", 25.0)]
    assert bars([]) == ()


@given(st.integers(1, 5000))
def test_the_legend_names_every_number_once_and_with_its_level(most: int) -> None:
    ranges = legend(most)
    assert [number for _, low, high in ranges for number in range(low, high + 1)] == list(range(1, most + 1))
    for level, low, high in ranges:
        assert 1 <= level <= LEVELS
        assert {level_of(low, most), level_of(high, most)} == {level}


@given(LONGITUDES, LATITUDES)
def test_every_place_between_the_ice_has_its_point_on_the_map_of_the_world(lon: float, lat: float) -> None:
    assert WORLD.holds(lon, lat)
    x, y = natural_earth(lon, lat)
    assert natural_earth(-lon, -lat) == pytest.approx((-x, -y))


@given(LONGITUDES, st.floats(-80, 80), st.floats(-2, 2), st.floats(-2, 2))
def test_the_middle_of_a_map_is_the_place_itself_and_north_is_up(
    lon: float, lat: float, right: float, up: float
) -> None:
    project = equal_area((lon, lat))
    assert project(lon, lat) == pytest.approx((0, 0), abs=1e-9)
    if abs(up) > 0.01:
        assert (project(lon, lat + up)[1] < 0) == (up > 0)
    if abs(right) > 0.01:
        assert (project(lon + right, lat)[0] > 0) == (right > 0)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=20))
def test_what_is_cut_lies_in_the_window(points: list[tuple[float, float]]) -> None:
    for lon, lat in cut(points, (-10, -10, 20, 10)):
        assert -10 - 1e-6 <= lon <= 20 + 1e-6
        assert -10 - 1e-6 <= lat <= 10 + 1e-6


def test_a_square_within_the_window_stays_whole_and_one_outside_goes() -> None:
    inside = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert cut(inside, (-10, -10, 20, 10)) == inside
    assert cut(inside, (5, 5, 20, 10)) == []


def test_the_atlas_is_read_and_land_beyond_the_date_line_is_brought_back() -> None:
    across = [[0, 0], [20, 0], [0, 20], [-20, 0], [0, -20]]
    atlas = {
        "transform": {"scale": [1, 1], "translate": [170, 50]},
        "arcs": [across[:3], [[20, 20], [-20, 0], [0, -20]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": "643", "arcs": [[0, 1]], "properties": {"name": "Russia"}},
                    {"type": "MultiPolygon", "arcs": [[[0, -2]]], "properties": {"name": "Kosovo"}},
                    {"type": "Polygon", "id": "", "arcs": [[0, 1]], "properties": {"name": "Nowhere"}},
                ]
            }
        },
    }
    found = read_atlas(atlas)
    assert set(found) == {"RUS", "XKX", "-Nowhere"}
    boxes = {(min(ring[::2]), max(ring[::2])) for ring in found["RUS"]}
    assert boxes == {(17000, 18000), (-18000, -17000)}


@pytest.mark.parametrize("lat", [-45, 0, 38, 52, 64, 70])
def test_land_fills_a_small_map_to_its_corners(
    lat: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = [(lon, 80) for lon in range(-60, 61)]
    south = [(lon, -80) for lon in range(60, -61, -1)]
    path = tmp_path / "outlines.json"
    path.write_text(json.dumps({"ITA": [[100 * number for point in north + south for number in point]]}))
    monkeypatch.setattr(maps, "outlines_file", lambda: path)
    drawn = small_map(10, lat, "ITA")
    assert drawn
    land = list(corners(drawn.own))
    for x, y in ((0, 0), (drawn.width, 0), (0, drawn.height), (drawn.width, drawn.height)):
        assert surrounds(land, x, y)


def corners(path: str) -> Iterator[tuple[int, int]]:
    """Yield the points of a path of one line, which is written as steps."""
    x = y = 0
    numbers = [int(number) for number in re.findall(r"-?\d+", path)]
    for right, down in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + right, y + down
        yield x, y


def surrounds(line: list[tuple[int, int]], x: float, y: float) -> bool:
    """Tell whether a point lies within a closed line: going right, it crosses that an odd number of times."""
    crossed = 0
    for (x1, y1), (x2, y2) in zip(line, [*line[1:], line[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed += 1
    return crossed % 2 == 1


def test_outlines_that_are_not_there_are_none(tmp_path: Path) -> None:
    assert read_outlines(tmp_path / "nothing.json") == {}


def test_europe_holds_its_cities_and_no_others() -> None:
    for lon, lat in ((-21.9, 64.1), (-9.1, 38.7), (33.4, 35.1), (30.5, 50.4), (24.9, 60.2)):
        assert EUROPE.holds(lon, lat)
    for lon, lat in ((-73.6, 45.5), (126.8, 37.3), (-16.3, 28.5)):
        assert not EUROPE.holds(lon, lat)
