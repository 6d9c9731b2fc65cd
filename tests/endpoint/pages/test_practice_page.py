import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from samples import PRACTICES, TURIN, build_release

from endpoint.app import create_app
from endpoint.catalogue.open_release import Release, open_release
from endpoint.pages import maps
from endpoint.pages.similar_practices import similar

PAGE = "/doc/practice/meeting-neighbours-turin"
MOST_BYTES = 60_000


def visible(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<(script|svg).*?</\1>|<[^>]+>", "", page, flags=re.DOTALL))


def test_a_page_says_how_to_cite_it(client: FlaskClient) -> None:
    citation = re.search(r'<p id="citation">.*?</p>', client.get(PAGE).text, re.DOTALL)
    assert citation
    assert visible(citation[0]) == (
        "Council of Europe, Intercultural Cities (2026). Meeting neighbours (Turin, Italy). Network of cities. "
        "http://localhost:8000/practice/meeting-neighbours-turin (version of 2 November 2026)."
    )


def test_a_page_leads_to_its_source_file_and_to_what_is_allowed(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    assert "Source file" in page
    assert "/source/0123456789abcdef" in page
    assert 'href="/rights/record-text"' in page


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("https://www.coe.int/en/web/interculturalcities/-/x", "Read it at coe.int"),
        (
            "https://www.coe.int/en/web/interculturalcities/good-practice",
            "Search for it in the Council of Europe",
        ),
        ("https://city.example.org/project", "Read it at city.example.org"),
    ],
)
def test_the_link_to_a_source_says_where_it_leads(tmp_path: Path, source: str, words: str) -> None:
    build_release(tmp_path, [replace(PRACTICES[0], sources=(source,))])
    page = create_app(tmp_path).test_client().get(PAGE, headers={"Accept": "text/html"}).text
    assert words in page
    assert ("Copy the title" in page) == ("good-practice" in source)


def test_a_small_map_shows_where_a_practice_is(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "outlines.json"
    path.write_text(json.dumps({"ITA": [[700, 3700, 1800, 3700, 1800, 4700, 700, 4700]]}))
    monkeypatch.setattr(maps, "outlines_file", lambda: path)
    page = client.get(PAGE).text
    assert 'role="img" aria-label="Map: Turin"' in page
    assert 'class="own" d="M' in page
    assert '<svg class="map' not in client.get("/doc/practice/a-national-practice").text


def test_a_page_stays_light(client: FlaskClient) -> None:
    for practice in PRACTICES:
        page = client.get(f"/doc/practice/{practice.slug}", headers={"Accept-Encoding": "gzip"})
        assert len(page.data) < MOST_BYTES
    whole = len(client.get(PAGE, headers={"Accept-Encoding": "gzip"}).data)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(PAGE).text):
        with client.get(path, headers={"Accept-Encoding": "gzip"}) as file:
            whole += len(file.data) if not path.endswith("png") else 0
    assert whole < MOST_BYTES


def test_a_shared_link_shows_title_and_summary(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    for name, content in {
        "og:title": "Meeting neighbours",
        "og:type": "article",
        "og:url": "http://localhost:8000/doc/practice/meeting-neighbours-turin",
        "og:description": "Neighbours in Turin cook and talk, against rumours.",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in page
    with client.get(re.search(r'og:image" content="http://localhost:8000([^"]+)"', page)[1]) as image:
        assert image.status_code == 200
        assert image.mimetype == "image/png"


def test_nothing_of_another_host_is_loaded(client: FlaskClient) -> None:
    for path in (PAGE, "/", "/practices", "/explore"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        loaded = re.findall(
            r'<(?:script|img|link rel="(?:stylesheet|icon)")[^>]*(?:src|href)="([^"]+)"', page
        )
        assert loaded
        assert all(address.startswith("/static/") for address in loaded)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Release:
    output = tmp_path_factory.mktemp("many")
    made = [
        replace(
            PRACTICES[0],
            slug=f"p{number}",
            titles=(("en", title),),
            topics=topics,
            cities=(TURIN,) if "Turin" in title else (),
            countries=("ITA",),
        )
        for number, (title, topics) in enumerate(
            [
                ("Rumour workshops in Turin", ("anti-rumour",)),
                ("Workshops against a rumour", ("anti-rumour",)),
                ("A school garden in Turin", ("education",)),
                *((f"Language class {number}", ("education",)) for number in range(20)),
            ]
        )
    ]
    build_release(output, made)
    return open_release(output / "current")


def test_similar_practices_share_topics_places_or_words(many: Release) -> None:
    found = [card.slug for card in similar(many, "p0", "Rumour workshops in Turin")]
    assert found[0] == "p1"
    assert "p2" in found
    assert len(found) <= 4
    assert "p0" not in found


def test_a_practice_that_nothing_is_like_has_no_such_part(client: FlaskClient, release: Release) -> None:
    assert similar(release, "a-national-practice", "?!") == ()
    assert "No other practice is much like" in client.get("/doc/practice/a-script-in-a-title/similar").text
    assert client.get("/doc/practice/nothing/similar").status_code == 404


def test_a_brief_holds_the_practices_of_its_address_in_that_order(client: FlaskClient) -> None:
    page = client.get("/shortlist?ids=eine-schule-fuer-alle,no-such-one&ids=meeting-neighbours-turin").text
    assert re.findall(r'<article class="brief" id="([^"]+)"', page) == [
        "eine-schule-fuer-alle",
        "meeting-neighbours-turin",
    ]
    assert "No longer available:" in page
    assert "no-such-one" in page
    assert "Bring people together." in page
    assert 'href="/practices.csv?ids=eine-schule-fuer-alle%2Cmeeting-neighbours-turin"' in page


@pytest.mark.parametrize("ids", ["", "../../etc", "%00", "<script>", ",".join(f"p{n}" for n in range(2_000))])
def test_no_address_of_a_shortlist_breaks_it(client: FlaskClient, ids: str) -> None:
    response = client.get("/shortlist", query_string={"ids": ids})
    assert response.status_code == 200
    assert "Your shortlist is empty" in response.text


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
@pytest.mark.parametrize("language", ["en", "fr", "pt", "es", "it", "de"])
def test_the_template_is_there_to_be_filled(client: FlaskClient, kind: str, language: str) -> None:
    response = client.get(f"/template.{kind}?lang={language}")
    assert response.status_code == 200
    assert f'filename="practices-{language}.{kind}"' in response.headers["Content-Disposition"]
    assert response.data[:2] == b"PK" if kind == "xlsx" else response.data
    assert f"/template.{kind}?lang={language}" in client.get("/submit").text


def test_a_template_in_no_language_of_ours_is_refused_with_those_there_are(client: FlaskClient) -> None:
    refused = client.get("/template.xlsx?lang=xx", headers={"Accept": "text/plain"})
    assert refused.status_code == 404
    assert "en, fr, pt" in refused.text


def test_terms_have_examples_of_the_release_and_a_diagram(client: FlaskClient) -> None:
    page = client.get("/ns", headers={"Accept": "text/html"}).text
    examples = dict(
        re.findall(
            r'<article class="term" id="(\w+)">.*?(<p class="example">.*?</p>|<table)', page, re.DOTALL
        )
    )
    for term in ("GoodPractice", "City", "topic", "dateText", "startYear", "inferredProperty"):
        assert examples[term].startswith('<p class="example">'), term
    assert 'href="#GoodPractice"><rect' in page
