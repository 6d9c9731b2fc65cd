import gzip
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from endpoint.app import create_app
from endpoint.pages import maps

LARGEST_PAGE = 45_000
MOST_REQUESTS = 5


def small_map(page: str) -> ElementTree.Element | None:
    found = re.search(r'<svg class="map".*?</svg>', page, flags=re.DOTALL)
    return ElementTree.fromstring(found[0]) if found else None


def headings(page: str) -> list[str]:
    return [re.sub("<.*?>", "", found) for found in re.findall(r"<h2.*?>(.*?)</h2>", page)]


@pytest.fixture(scope="module")
def real_client(real_output: Path) -> FlaskClient:
    return create_app(real_output).test_client()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", ["Find a practice", "Submit a practice", "Use the data", "Newest practices"]),
        ("/fr/", ["Trouver une pratique", "Proposer une pratique", "Utiliser les données"]),
    ],
)
def test_search_comes_first_then_the_three_ways_on(
    real_client: FlaskClient, path: str, expected: list[str]
) -> None:
    page = real_client.get(path).text
    assert headings(page)[: len(expected)] == expected
    assert page.index('role="search"') < page.index("<h2")


def test_no_practice_is_listed_twice(real_client: FlaskClient) -> None:
    listed = re.findall(r'<h3><a href="(/doc/practice/[^"]+)"', real_client.get("/").text)
    assert len(listed) == len(set(listed)) == 6


def test_the_map_links_each_country_but_the_keyboard_passes_it_by(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlines = tmp_path / "outlines.json"
    outlines.write_text('{"ITA": [[700, 3700, 1800, 3700, 1800, 4700, 700, 4700]]}')
    monkeypatch.setattr(maps, "outlines_file", lambda: outlines)
    drawn = small_map(create_app(output).test_client().get("/").text)
    links = {} if drawn is None else {link.get("href"): link.get("tabindex") for link in drawn.iter("a")}
    assert links == {"/country/ITA": "-1"}


def test_without_outlines_the_page_has_no_map(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "outlines_file", lambda: tmp_path / "nothing.json")
    page = create_app(output).test_client().get("/").text
    assert small_map(page) is None
    assert "Find a practice" in page


def test_the_page_is_light(real_client: FlaskClient) -> None:
    page = real_client.get("/")
    parts = set(re.findall(r'(?:src|rel="(?:stylesheet|icon)"[^>]*href)="([^"]+)"', page.text))
    bodies: list[Any] = [page.data, *(real_client.get(part).data for part in parts)]
    assert len(bodies) <= MOST_REQUESTS
    assert sum(len(gzip.compress(body)) for body in bodies) < LARGEST_PAGE
