from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint.http.negotiation import Offer, choose, choose_language, quality

JSON = Offer("application/sparql-results+json", "json")
TURTLE = Offer("text/turtle", "turtle")
HTML = Offer("text/html", "html")
PROFILED = Offer('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld")

OFFERS = (JSON, TURTLE, HTML, PROFILED)

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, JSON),
        ("", JSON),
        (" , ,", JSON),
        ("nonsense", JSON),
        ("*/*", JSON),
        ("*", JSON),
        ("text/*", TURTLE),
        ("text/html", HTML),
        ("TEXT/HTML", HTML),
        (FIREFOX, HTML),
        ("image/png", None),
        ("image/png, */*;q=0.1", JSON),
        ("text/turtle;q=0.2, text/html;q=0.8", HTML),
        ("text/turtle;q=0, text/*", HTML),
        ("text/turtle;q=0", None),
        ("text/turtle;q=0.000, */*", JSON),
        ("*/*;q=0", None),
        ("text/*;q=0, */*", JSON),
        ("text/*;q=0.1, text/turtle;q=0.9, */*;q=0.5", TURTLE),
        ("text/turtle;charset=utf-8", TURTLE),
        ("text/turtle;charset=utf-8;q=0, */*", JSON),
        ("text/turtle;version=1.2", TURTLE),
        ("text/turtle;version=1.2;q=0, text/turtle", TURTLE),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', PROFILED),
        ('application/ld+json;profile="a,b;c";q=0.9, text/turtle;q=0.1', PROFILED),
        ('application/ld+json;profile="unclosed, text/turtle', PROFILED),
        ("text/turtle; q = 0.5 , text/html ;q=0.4", TURTLE),
        ("text/turtle;q=high, text/html;q=0.9", TURTLE),
        ("text/turtle;q=7, text/html", TURTLE),
        ("text/turtle;q=nan", TURTLE),
        ("text/turtle;q=.5, text/html;q=1.", HTML),
        ("text/html;level=1;q=0.4;ext=x, text/turtle;q=0.3", HTML),
        ("*/html, text/turtle", TURTLE),
        ("/, text/turtle", TURTLE),
        (";q=1, text/turtle", TURTLE),
        (";", JSON),
        ("text/html;=;;q=0.1, ;;, text/turtle", TURTLE),
    ],
)
def test_the_best_liked_offer_is_chosen(accept: str | None, wanted: Offer | None) -> None:
    assert choose(accept, OFFERS) is wanted


def test_nothing_on_offer_gives_nothing() -> None:
    assert choose("*/*", ()) is None
    assert choose(None, ()) is None


def test_quality_is_that_of_the_most_specific_range() -> None:
    accept = "text/*;q=0.3, text/html;q=0.7, */*;q=0.5"
    assert quality(accept, "text/html") == 0.7
    assert quality(accept, "text/turtle") == 0.3
    assert quality(accept, "image/png") == 0.5
    assert quality("text/html", "image/png") == 0
    assert quality(None, "image/png") == 1


def test_text_says_its_charset_and_other_types_do_not() -> None:
    assert TURTLE.content_type == "text/turtle; charset=utf-8"
    assert JSON.content_type == "application/sparql-results+json"


@pytest.mark.parametrize(
    ("header", "available", "wanted"),
    [
        (None, ("en", "fr"), None),
        ("fr", ("en", "fr"), "fr"),
        ("FR-ch", ("en", "fr"), "fr"),
        ("fr-CH, en;q=0.9", ("en", "fr"), "fr"),
        ("pt", ("en", "pt-BR"), "pt-BR"),
        ("de, *;q=0.1", ("en", "fr"), "en"),
        ("de", ("en", "fr"), None),
        ("fr;q=0, *", ("fr", "en"), "en"),
        ("fr-CA;q=0, fr", ("fr",), "fr"),
        ("en;q=0.5, fr;q=0.8, not_a_tag", ("en", "fr"), "fr"),
        ("x" * 40, ("en",), None),
        ("fr", (), None),
    ],
)
def test_the_best_liked_language_is_chosen(
    header: str | None, available: Sequence[str], wanted: str | None
) -> None:
    assert choose_language(header, available) == wanted


@given(st.text(max_size=80) | st.text('texurl/*;,q=.0123"\\ ', max_size=80))
def test_no_header_is_too_strange(header: str) -> None:
    assert choose(header, OFFERS) in (*OFFERS, None)
    assert choose_language(header, ("en", "fr")) in ("en", "fr", None)
    assert 0 <= quality(header, "text/html") <= 1


@given(st.permutations(["text/turtle;q=0.2", "text/html;q=0.7", "*/*;q=0.1", "text/*;q=0"]))
def test_the_order_of_the_ranges_does_not_matter(ranges: list[str]) -> None:
    assert choose(", ".join(ranges), OFFERS) is HTML
