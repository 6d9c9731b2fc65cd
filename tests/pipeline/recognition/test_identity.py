import pytest

from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.recognition.identity import canonical_source, is_cut_off, joined_texts, keys_of, slug_in

PAGE = "https://www.coe.int/en/web/interculturalcities/-/campus-rutli"


def row(**texts: str) -> Row:
    return Row(Place("x.csv", row=2), texts, {}, texts)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        (PAGE, "campus-rutli"),
        ("https://coe.int/tr/web/interculturalcities/-/campus-rutli?p_l_back_url=%2Fx", "campus-rutli"),
        (
            "https://www.coe.int/c/portal/update_language?languageId=pt_PT&redirect=%2Fen%2Fweb%2F-%2Fcampus-rutli",
            "campus-rutli",
        ),
        ("https://www.coe.int/en/web/interculturalcities/good-practice", None),
        ("https://www.coe.int/en/web/interculturalcities/-/", None),
        ("http://[broken/-/x", "x"),
        ("", None),
    ],
)
def test_the_slug_of_a_page_is_found_behind_every_form_of_its_address(url: str, slug: str | None) -> None:
    assert slug_in(url) == slug


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://coe.int/tr/web/interculturalcities/-/campus-rutli?x=1", PAGE),
        ("https://www.coe.int/fr/web/interculturalcities/-/campus-rutli", PAGE.replace("/en/", "/fr/")),
        ("https://example.org/-/campus-rutli", "https://example.org/-/campus-rutli"),
        ("https://www.coe.int/en/web/x", "https://www.coe.int/en/web/x"),
    ],
)
def test_a_catalogue_page_has_one_address(url: str, canonical: str) -> None:
    assert canonical_source(url) == canonical


def test_titles_and_places_are_compared_whatever_their_spelling() -> None:
    one = keys_of(row(title="Fête des  Voisins!", country="Suisse", city="Genève"))
    other = keys_of(row(title="fete des voisins", country="CH", city="Geneva"))

    assert one.title == other.title is not None


def test_like_titles_in_two_cities_are_two_practices() -> None:
    one = keys_of(row(title="Open library", country="Spain", city="Bilbao"))

    assert one.title != keys_of(row(title="Open library", country="Spain", city="Salt")).title


def test_keys_come_strongest_first_and_once() -> None:
    first = keys_of(row(title="A", id="X-1"))
    second = keys_of(row(id="x-1", source_url=PAGE))

    assert joined_texts([first, second]) == ("id:x-1", "slug:campus-rutli", "title:a|")


@pytest.mark.parametrize(
    ("identifier", "slug", "is_beginning"),
    [("a" * 40, "a" * 60, True), ("a" * 39, "a" * 60, False), ("b" * 40, "a" * 60, False)],
)
def test_only_a_long_id_may_be_a_slug_cut_off(identifier: str, slug: str, is_beginning: bool) -> None:
    assert is_cut_off(identifier, slug) is is_beginning


def test_a_row_without_a_place_has_the_key_of_the_place_its_text_names() -> None:
    stated = keys_of(row(id="a", title="Open library", country="South Korea", city="Ansan"))
    told = "Schools in the Republic of Korea teach in many languages. Ansan City pays for the books."

    assert keys_of(row(title="Open library", summary=told)).title == stated.title
    assert keys_of(row(title="Open library", summary="In the Republic of Korea.")).title == "open library|KOR"
    assert keys_of(row(title="Open library", summary="Somewhere.")).title == "open library|"


def test_a_row_with_a_page_of_its_own_needs_no_place_from_its_text() -> None:
    assert keys_of(
        row(title="Open library", summary="In Ansan City, South Korea.", source_url=PAGE)
    ).title == ("open library|")
