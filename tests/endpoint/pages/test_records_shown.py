from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Triple
from samples import BASE, build_release

from endpoint.app import create_app
from endpoint.http import document_formats
from endpoint.language import links, text_filters
from endpoint.pages.cards import shorten
from pipeline.model.practice import City, Period, Practice

LONG = "word " * 2000
HOSTILE = Practice(
    "hostile",
    (("ko", "좋은 이웃"), ("ar", "لقاء"), ("en-x-twain", LONG.strip())),
    "=HYPERLINK(1)",
    descriptions=(("und", 'A bell \x07 and "quotes"\n\n\n</script><script>alert(1)</script>'),),
    countries=("AUS", "MLT"),
    cities=(City("au-salisbury", "AUS", (("en", "Salisbury"),), "municipality", -34.76, 138.64),),
    date_texts=(("ko", "언젠가"),),
    period=Period(ongoing=True, edtf="/.."),
    sources=("javascript:alert(1)", "data:text/html,b", "https://example.org/it's?a=1&b=%22"),
    issued="2026-11-01T10:00:00Z",
    modified="2026-11-01T10:00:00Z",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    output = tmp_path_factory.mktemp("hostile")
    build_release(output, (HOSTILE,))
    with create_app(output).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def page(hostile: FlaskClient) -> str:
    response = hostile.get("/doc/practice/hostile.html")
    assert response.status_code == 200
    return response.text


def test_a_link_that_would_run_is_text(page: str) -> None:
    assert 'href="javascript:' not in page
    assert 'href="data:' not in page
    assert "javascript:alert(1)" in page


def test_quotes_in_an_address_stay_inside_their_attribute(page: str) -> None:
    assert 'href="https://example.org/it&#39;s?a=1&amp;b=%22"' in page


def test_a_title_of_ten_thousand_characters_is_cut_where_it_must_be(page: str, hostile: FlaskClient) -> None:
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert len(title) < 200
    assert LONG.strip() in page
    assert len(hostile.get("/practices").data) < 20_000


def test_a_title_in_no_preferred_language_is_shown_in_its_own(page: str) -> None:
    assert '<h1 lang="ko" dir="auto">좋은 이웃</h1>' in page


def test_no_script_but_data_stands_in_a_page(page: str) -> None:
    own = page.count('<script src="/static/')
    assert page.count("<script") == own + page.count('<script type="application/ld+json"')


def test_what_xml_cannot_hold_is_refused_with_a_sentence(hostile: FlaskClient) -> None:
    response = hostile.get("/doc/practice/hostile.rdf", headers={"Accept": "text/plain"})
    assert response.status_code == 406
    assert "ask for Turtle" in response.text
    assert "\\u0007" in hostile.get("/doc/practice/hostile.ttl").text


def test_a_southern_place_lies_south(hostile: FlaskClient) -> None:
    assert "34.76° S, 138.64° E" in hostile.get("/doc/city/au-salisbury.html").text


def test_a_country_outside_the_facet_can_be_chosen(hostile: FlaskClient, page: str) -> None:
    assert 'href="/country/MLT"' in page
    assert 'href="/doc/practice/hostile"' in hostile.get("/practices?country=MLT").text


def test_only_what_would_help_is_offered_to_be_left_out(hostile: FlaskClient) -> None:
    page = hostile.get("/practices?q=xyzzy&country=MLT&topic=nothing").text
    assert "Clear search" in page
    assert "Clear countries" not in page


def test_a_character_that_xml_lacks_is_found_before_it_is_sent() -> None:
    triple = Triple(NamedNode("http://a/b"), NamedNode("http://a/c"), Literal("\x0b"))
    assert document_formats.write((triple,), "rdf") is None
    assert document_formats.write((triple,), "nt") is not None


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (f"{BASE}/practice/x#period", "/doc/practice/x#period"),
        (BASE, "/"),
        (f"{BASE}8/practice/x", f"{BASE}8/practice/x"),
        ("https://w3id.org/intercultural-practices/ns#city", "/ns#city"),
        ("https://example.org/a", "https://example.org/a"),
        ("mailto:contact@example.org", "mailto:contact@example.org"),
        (f'{BASE}/a"b<c', "/a%22b%3Cc"),
        (f"{BASE}//evil.example/", f"{BASE}//evil.example/"),
        ("javascript:alert(1)", None),
        ("JavaScript:alert(1)", None),
        ("vbscript:x", None),
        ("http://[", None),
    ],
)
def test_a_link_leads_here_or_to_the_web_or_nowhere(
    client: FlaskClient, iri: str, expected: str | None
) -> None:
    with client.application.test_request_context("/"):
        assert links.href(iri, BASE) == expected


def test_a_resource_can_be_opened_as_a_query(client: FlaskClient) -> None:
    with client.application.test_request_context("/"):
        path = links.query_path(f"{BASE}/practice/x")
    assert path.startswith("/sparql?query=")
    assert "%3Chttp%3A%2F%2Flocalhost%3A8000%2Fpractice%2Fx%3E" in path


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("http://purl.org/dc/terms/title", "dct:title"),
        ("https://w3id.org/intercultural-practices/ns#city", "icgp:city"),
        ("https://w3id.org/intercultural-practices/topic/roma", "topic:roma"),
        ("http://purl.org/dc/terms/", "http://purl.org/dc/terms/"),
        ("http://purl.org/dc/terms/a/b", "http://purl.org/dc/terms/a/b"),
        ("https://example.org/a", "https://example.org/a"),
    ],
)
def test_an_iri_is_called_by_its_usual_prefix(iri: str, name: str) -> None:
    assert links.short(iri) == name


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("fr", "French"),
        ("pt-br", "Brazilian Portuguese"),
        ("und", "Unknown language"),
        ("en-x-twain", "English"),
        ("zzz", "zzz"),
    ],
)
def test_a_language_is_called_by_its_english_name(tag: str, name: str) -> None:
    assert text_filters.language_name(tag) == name


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-11-01T10:00:00Z", "1 November 2026"), ("2026-11-01", "1 November 2026"), ("soon", "soon")],
)
def test_a_moment_is_shown_as_a_day(text: str, day: str) -> None:
    assert text_filters.day(text) == day


@pytest.mark.parametrize(("count", "text"), [(12, "12 bytes"), (118_854, "119 kB"), (3_400_000, "3.4 MB")])
def test_a_size_is_shown_in_round_numbers(count: int, text: str) -> None:
    assert text_filters.size(count) == text


@pytest.mark.parametrize(
    ("text", "short"),
    [("one two", "one two"), ("one two, three four", "one two …"), ("x" * 30, "x" * 12 + " …")],
)
def test_a_text_is_cut_between_words(text: str, short: str) -> None:
    assert shorten(text, 12) == short
