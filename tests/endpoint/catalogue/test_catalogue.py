import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import PRACTICES, build_release
from werkzeug.datastructures import MultiDict

from endpoint.app import create_app
from endpoint.catalogue.bitset import bits_of, members
from endpoint.catalogue.facets import GROUPS, Facets, having, load, running
from endpoint.catalogue.open_release import Release, open_release
from endpoint.catalogue.search import find
from endpoint.catalogue.search_index import Index
from endpoint.catalogue.search_words import excerpt, mark, read_words
from endpoint.catalogue.selection import Selection, read_selection

SIZE = 40
VALUES = {
    "topic": ["education", "roma", "refugees"],
    "country": ["ITA", "ESP"],
    "year": ["2015", "2019", "ongoing", "undated"],
}
FACET_OF = {"ongoing": "status", "undated": "status"}
RECORDS = st.lists(
    st.fixed_dictionaries({group: st.sets(st.sampled_from(values)) for group, values in VALUES.items()}),
    min_size=1,
    max_size=SIZE,
)
FILTERS = st.fixed_dictionaries(
    {group: st.lists(st.sampled_from(values), unique=True) for group, values in VALUES.items()}
)


def facets_of(records: list[dict[str, set[str]]]) -> Facets:
    bits: dict[tuple[str, str], int] = {}
    for position, record in enumerate(records):
        for group, values in record.items():
            for value in values:
                key = (FACET_OF.get(value, group), value)
                bits[key] = bits.get(key, 0) | 1 << position
    return Facets(bits, bits_of(range(len(records))))


def fits(record: dict[str, set[str]], filters: dict[str, list[str]]) -> bool:
    return all(not wanted or record[group] & set(wanted) for group, wanted in filters.items())


@given(RECORDS, FILTERS)
def test_a_selection_finds_what_has_one_value_of_each_filtered_group(records, filters) -> None:
    found = list(members(facets_of(records).matching(filters), range(len(records))))
    assert found == [position for position, record in enumerate(records) if fits(record, filters)]


@given(RECORDS, FILTERS, st.sets(st.integers(0, SIZE - 1)))
def test_a_count_is_what_the_value_would_find_under_the_other_filters(records, filters, matching) -> None:
    counts = facets_of(records).counts(filters, bits_of(matching))
    for (facet, value), count in counts.items():
        group = next(group for group, facets in GROUPS.items() if facet in facets)
        alone = {**filters, group: [value]}
        expected = [n for n, record in enumerate(records) if n in matching and fits(record, alone)]
        assert count == len(expected)


@given(
    st.fixed_dictionaries({group: st.sets(st.sampled_from(values)) for group, values in VALUES.items()}),
    st.text("abc ü", max_size=20),
    st.sampled_from(["", "title", "newest", "relevance"]),
    st.integers(1, 10**9),
)
def test_a_selection_is_read_back_from_its_address(filters, q, sort, page) -> None:
    facets = facets_of([{group: set(values) for group, values in VALUES.items()}])
    wanted = {group: tuple(sorted(values)) for group, values in filters.items()}
    selection = Selection(**wanted, q=" ".join(q.split()), sort=sort, page=page)
    pairs = MultiDict()
    for pair in selection.query.removeprefix("?").split("&"):
        name, _, value = pair.partition("=")
        pairs.add(name, value.replace("+", " ").replace("%C3%BC", "ü"))
    assert read_selection(pairs, facets) == selection


SPANS = st.lists(st.tuples(st.integers(1950, 2030), st.integers(0, 12), st.booleans()), max_size=30)


@given(SPANS)
def test_a_practice_runs_from_its_first_year_to_its_last_or_until_now(spans) -> None:
    given_spans = [(at, first, first + more, on) for at, (first, more, on) in enumerate(spans, 1)]
    found = running(
        _by_year((first, at) for at, first, _, _ in given_spans),
        _by_year((last, at) for at, _, last, _ in given_spans),
        bits_of([at for at, _, _, on in given_spans if on]),
        2026,
    )
    for year in range(1950, 2045):
        expected = {
            at for at, first, last, on in given_spans if first <= year <= max(last, 2026 if on else 0)
        }
        assert set(members(found.get(("running", str(year)), 0), range(len(spans) + 1))) == expected


def test_a_span_of_a_thousand_years_does_not_fill_the_form() -> None:
    assert len(running({1000: 2}, {2020: 2}, 0, 2026)) <= 201


def _by_year(years: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each year the set of the positions with it."""
    bits: dict[int, int] = {}
    for year, position in years:
        bits[year] = bits.get(year, 0) | 1 << position
    return bits


def test_a_release_has_the_practices_of_each_filter_as_older_ones_are_read(
    real_output: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index.sqlite"
    shutil.copy(real_output / "current" / "index.sqlite", index)
    stored = load(Index(index), 2026)
    assert {facet for facet, _ in stored.bits} >= {"topic", "country", "year", "status", "running", "finding"}
    with closing(sqlite3.connect(index)) as db:
        values = db.execute(
            "SELECT DISTINCT facet, value FROM facet WHERE facet IN ('city', 'country')"
        ).fetchall()
        known = [having(Index(index), *value) for value in values]
        db.execute("DROP TABLE bits")
    assert load(Index(index), 2026) == stored
    assert [having(Index(index), *value) for value in values] == known
    assert min(known) > 0


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("title", "position"),
        ("changed", "changed DESC, position"),
        ("oldest", "start_year IS NULL AND end_year IS NULL, coalesce(start_year, end_year), position"),
        ("newest", "max(coalesce(start_year, -1), coalesce(end_year, -1)) DESC, position"),
    ],
)
def test_the_orders_are_those_of_the_columns(real_output: Path, name: str, order: str) -> None:
    release = open_release(real_output / "current")
    with closing(sqlite3.connect(release.path / "index.sqlite")) as db:
        expected = [row[0] for row in db.execute(f"SELECT position FROM practice ORDER BY {order}")]
    assert list(release.in_order(release.facets.everything, name)) == expected


def test_a_steward_adds_a_collection_by_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    build_release(tmp_path)
    (tmp_path / "collections.csv").write_text(
        "slug,en,fr,topics,words\n"
        "schools,Schools,Écoles,multilingualism,school|no such word\n"
        "Not a slug,Nothing,,education,\n"
        "nameless,,,education,\n"
        "empty,Empty,,,xyzzy|!?\n",
        encoding="utf-8",
    )
    client = create_app(tmp_path).test_client()
    page = client.get("/practices?collection=schools").text
    assert slugs(page) == ["eine-schule-fuer-alle"]
    assert 'value="schools" checked> <span class="name" lang="en" dir="auto">Schools</span>' in page
    assert '<h1><span lang="en" dir="auto">Schools</span></h1>' in page
    assert "noindex" not in page
    assert 'content="Schools: ' in page
    assert "/practices?collection=schools</loc>" in client.get("/sitemap/pages.xml").text
    narrower = client.get("/practices?collection=schools&from=2015").text
    assert '<meta name="robots" content="nofollow">' in narrower
    assert re.search('<link rel="canonical" href="[^"]*/practices">', narrower)
    assert "Écoles" in client.get("/fr/").text
    assert 'value="empty"' not in page
    assert 'value="anti-rumours"' not in page
    assert "line 3: a collection needs a slug" in caplog.text
    assert "line 4: a collection needs a slug" in caplog.text


def test_collections_that_cannot_be_read_leave_the_catalogue_without_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build_release(tmp_path)
    (tmp_path / "collections.csv").write_bytes(b"slug,en\n\xff\xfe\x00")
    assert create_app(tmp_path).test_client().get("/practices").status_code == 200
    assert "cannot be read" in caplog.text


def slugs(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/doc/practice/([^"]+)"', page)


def related(page: str) -> list[str]:
    return re.findall(r'<h4><a href="/doc/practice/([^"]+)"', page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {practice.slug for practice in PRACTICES}),
        ("?topic=education", {"a-script-in-a-title", "a-national-practice", "eine-schule-fuer-alle"}),
        ("?topic=education&country=DEU", {"a-script-in-a-title", "eine-schule-fuer-alle"}),
        ("?topic=neighbourhood&topic=multilingualism", {"meeting-neighbours-turin", "eine-schule-fuer-alle"}),
        ("?year=2019", {"meeting-neighbours-turin"}),
        ("?year=ongoing", {"a-script-in-a-title"}),
        ("?year=undated", {"a-national-practice"}),
        ("?year=undated&year=2012", {"a-national-practice", "eine-schule-fuer-alle"}),
        ("?year=2010&dates=running", {"a-script-in-a-title"}),
        ("?year=2018&dates=running", {"meeting-neighbours-turin", "a-script-in-a-title"}),
        ("?year=undated&dates=running", {"a-national-practice"}),
        ("?collection=anti-rumours", {"meeting-neighbours-turin"}),
        ("?collection=anti-rumours&country=DEU", set()),
        ("?ids=a-national-practice,eine-schule-fuer-alle", {"a-national-practice", "eine-schule-fuer-alle"}),
        ("?ids=a-national-practice&ids=no-such-one&topic=education", {"a-national-practice"}),
        ("?ids=no-such-one", set()),
        ("?q=rumor", {"meeting-neighbours-turin"}),
        ("?q=rumours+turin", {"meeting-neighbours-turin"}),
        ("?q=neukolln", {"a-script-in-a-title", "eine-schule-fuer-alle"}),
        ("?q=NACHBARSCHAFT", {"meeting-neighbours-turin"}),
        ("?q=لقاء", {"meeting-neighbours-turin"}),
        ("?q=school&country=IRL", set()),
        ("?q=xyzzy", set()),
        ('?q="OR+NEAR(*', set()),
        ("?q=%00%22*", set()),
    ],
)
def test_the_list_shows_what_the_address_asks_for(
    client: FlaskClient, query: str, expected: set[str]
) -> None:
    response = client.get(f"/practices{query}")
    assert response.status_code == 200
    assert set(slugs(response.text)) == expected


def test_every_filter_shows_how_many_it_would_leave(client: FlaskClient) -> None:
    page = client.get("/practices?country=DEU").text
    counts = dict(
        re.findall(
            r'value="([^"]+)"(?: checked)?> <span class="name"[^>]*>[^<]*</span> <span class="count">(\d+)',
            page,
        )
    )
    assert counts["education"] == "2"
    assert counts["neighbourhood"] == "0"
    assert counts["ITA"] == "1"
    assert counts["DEU"] == "2"
    assert counts["ongoing"] == "1"


def test_filters_in_use_can_be_taken_off_one_by_one_or_all_at_once(client: FlaskClient) -> None:
    page = client.get("/practices?topic=education&country=DEU&q=school").text
    assert 'href="/practices?q=school&amp;country=DEU"' in page
    assert 'href="/practices?topic=education&amp;country=DEU"' in page
    assert '<a class="reset" href="/practices">' in page


def test_an_empty_result_says_what_to_leave_out(client: FlaskClient) -> None:
    page = client.get("/practices?country=IRL&topic=multilingualism").text
    assert "Clear countries" in page
    assert 'href="/practices?topic=multilingualism"' in page


@pytest.mark.parametrize(
    ("asked", "words", "count"),
    [
        ("?q=educatoin", "education", 3),
        ("?q=rumuors+turni", "rumours turin", 1),
        ("?q=Shcule&country=DEU", "schule", 1),
        ("?q=neok%C3%B6ln", "neukölln", 2),
        ("?q=Schulnetzwerk", "schule netzwerk", 0),
    ],
)
def test_a_misspelt_search_shows_the_results_of_the_corrected_one(
    client: FlaskClient, asked: str, words: str, count: int
) -> None:
    page = client.get(f"/practices{asked}").text
    note = re.search(r"No results for <q>[^<]+</q>. These are the results for <q>([^<]+)</q>", page)
    assert note is not None
    assert note[1] == words
    assert len(slugs(page)) == count


@pytest.mark.parametrize(
    ("asked", "count", "shown"),
    [
        ("q=schools", "1 practice found", "eine-schule-fuer-alle"),
        ("q=Schuel", "1 practice found", "eine-schule-fuer-alle"),
        ("q=%22neighbours+meeting%22", "0 practices found", ""),
        ("q=neighbours+xyzzy", "1 related practice", "meeting-neighbours-turin"),
        (
            "q=http://localhost:8000/practice/eine-schule-fuer-alle",
            "1 practice found",
            "eine-schule-fuer-alle",
        ),
        (
            "q=/fr/doc/practice/eine-schule-fuer-alle.html%23period",
            "1 practice found",
            "eine-schule-fuer-alle",
        ),
        ("q=eine-schule-fuer-alle", "1 practice found", "eine-schule-fuer-alle"),
        ("q=http://localhost:8000/country/DEU", "2 practices found", "a-script-in-a-title"),
        ("q=Allemagne", "2 practices found", "a-script-in-a-title"),
        ("q=since+2018+italy", "1 practice found", "meeting-neighbours-turin"),
        ("q=before+2016", "2 practices found", "a-script-in-a-title"),
        ("q=Neukoelln", "2 practices found", "eine-schule-fuer-alle"),
        ("q=Torino+NOT+cook", "0 practices found", ""),
        ("q=Torino+-schule", "1 practice found", "meeting-neighbours-turin"),
        ("q=Schule+OR+neighbours", "2 practices found", "eine-schule-fuer-alle"),
        ("q=NOT", "0 practices found", ""),
        ("q=-germany", "2 practices found", "a-national-practice"),
        ("q=Німеччина", "2 practices found", "a-script-in-a-title"),
        ("q=German", "2 practices found", "a-script-in-a-title"),
        ("q=szkoła", "3 related practices", "eine-schule-fuer-alle"),
    ],
)
def test_a_search_finds_what_is_meant(client: FlaskClient, asked: str, count: str, shown: str) -> None:
    page = client.get(f"/practices?{asked}").text
    assert count in page
    assert [*slugs(page), *related(page)][:1] == ([shown] if shown else [])


def test_places_and_dates_in_a_search_are_named(client: FlaskClient) -> None:
    page = client.get("/practices?q=neighbours+italy+since+2018").text
    named = re.search(r'class="understood">(.*?)</p>', page)
    assert named is not None
    assert "Italy" in named[1]
    assert "since 2018" in named[1]
    assert "understood" not in client.get("/practices?q=%22italy%22").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("from=2018", 1),
        ("from=2018&to=2019", 1),
        ("to=2017", 2),
        ("from=2019&to=2018", 1),
        ("from=1800&to=1801", 0),
        ("from=&to=", 4),
    ],
)
def test_a_range_of_years_narrows_the_list(client: FlaskClient, asked: str, found: int) -> None:
    page = client.get(f"/practices?{asked}").text
    assert len(slugs(page)) == found
    assert ("Remove the filter" in page) == (found < 4)


def test_parameters_that_the_page_does_not_know_are_named(client: FlaskClient) -> None:
    page = client.get("/practices?tpoic=education&utm_source=mail&topic=education").text
    assert "does not know these parameters" in page
    assert "<q>tpoic</q>" in page
    assert "utm_source" not in re.search(r'class="notice">(.*?)</p>', page)[1]
    assert "does not know" not in client.get("/practices?topic=education&fbclid=1").text


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("edu", "/topic/education"),
        ("berlin-n", "/city/de-berlin-neukolln"),
        ("ital", "/country/ITA"),
        ("neighbours m", "/doc/practice/meeting-neighbours-turin"),
        ("eine sch", "/doc/practice/eine-schule-fuer-alle"),
        ("", None),
        ('"*', None),
        ("x" * 5000, None),
    ],
)
def test_what_is_typed_is_completed(client: FlaskClient, typed: str, first: str | None) -> None:
    found = client.get("/practices/suggest", query_string={"q": typed}).json["suggestions"]
    assert [each["href"] for each in found][:1] == ([first] if first else [])


def test_suggested_practices_are_in_the_language_of_the_page(client: FlaskClient) -> None:
    [found] = client.get("/fr/practices/suggest?q=neighbours+m").json["suggestions"]
    assert (found["name"], found["beside"]) == ("À la rencontre des voisins", "Turin · Italie")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_and_completed(client: FlaskClient, text: str) -> None:
    assert client.get("/practices", query_string={"q": text}).status_code == 200
    assert client.get("/practices/suggest", query_string={"q": text}).status_code == 200


@pytest.mark.parametrize("asked", ["xyzzy", "educatoin+xyzzy", "roa", "school&country=IRL", "%00", "a" * 300])
def test_a_search_that_resembles_nothing_gets_no_suggestion(client: FlaskClient, asked: str) -> None:
    assert "Did you mean" not in client.get(f"/practices?q={asked}").text


def test_unknown_values_are_named_and_left_out(client: FlaskClient) -> None:
    response = client.get("/practices?topic=cooking&topic=education&country=ZZZ&year=20x5")
    assert response.status_code == 200
    assert len(slugs(response.text)) == 3
    for value in ("cooking", "ZZZ", "20x5"):
        assert value in response.text


def test_ten_thousand_values_do_no_harm(client: FlaskClient) -> None:
    query = "&".join(f"topic=t{number}" for number in range(10_000)) + "&topic=education"
    assert client.get(f"/practices?{query}").status_code == 414
    response = client.get(f"/practices?{query[-3000:].partition('&')[2]}")
    assert response.status_code == 200
    assert len(slugs(response.text)) == 3
    assert len(response.data) < 60_000


@pytest.mark.parametrize("page", ["2", "1000000000", "9" * 100])
def test_a_page_beyond_the_last_says_so(client: FlaskClient, page: str) -> None:
    response = client.get(f"/practices?page={page}")
    assert response.status_code == 404
    assert "does not exist" in response.text


@pytest.mark.parametrize("page", ["0", "-1", "one", "", "²", "1e9"])
def test_nonsense_for_a_page_is_the_first_page(client: FlaskClient, page: str) -> None:
    assert client.get(f"/practices?page={page}").status_code == 200


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("title", "a-national-practice"),
        ("newest", "meeting-neighbours-turin"),
        ("oldest", "a-script-in-a-title"),
        ("changed", "a-national-practice"),
        ("relevance", "a-national-practice"),
        ("no-such-order", "a-national-practice"),
    ],
)
def test_the_list_is_sorted_as_asked(client: FlaskClient, sort: str, first: str) -> None:
    assert slugs(client.get(f"/practices?sort={sort}").text)[0] == first


def test_a_title_weighs_more_than_a_text(release: Release) -> None:
    found = find(release, Selection(q="practice"))
    assert found.positions
    assert found.words == (("practice",),)


def test_hits_are_marked_and_markup_stays_text(client: FlaskClient) -> None:
    page = client.get("/practices?q=markup").text
    assert "&lt;b&gt;<mark>Markup</mark>&lt;/b&gt;" in page
    assert "<b>Markup" not in page


def test_a_script_in_a_title_is_shown_and_not_run(client: FlaskClient) -> None:
    for path in ("/practices", "/doc/practice/a-script-in-a-title", "/country/DEU"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert "<img" not in page
        assert "A &lt;/script&gt;&lt;img src=x onerror=" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rumour", (("rumour", "rumor"),)),
        ("rumors", (("rumors", "rumours"),)),
        ("organisation", (("organisation", "organization"),)),
        ("centre", (("centre", "center"),)),
        ("four", (("four",),)),
        ("Épée épée", (("épée",),)),
        ("a_b-c", (("a",), ("b",), ("c",))),
        ("!?*", ()),
    ],
)
def test_words_are_looked_for_in_both_spellings(text: str, words: tuple[tuple[str, ...], ...]) -> None:
    assert read_words(text) == words


@given(st.text(max_size=60), st.text(max_size=30))
def test_marking_changes_nothing_but_the_marks(text: str, query: str) -> None:
    plain = text.replace("\x02", "").replace("\x03", "")
    assert mark(plain, read_words(query)).replace("\x02", "").replace("\x03", "") == plain


def test_marks_ignore_case_and_diacritics() -> None:
    assert mark("Genève and geneva", read_words("geneve")) == "\x02Genève\x03 and geneva"


def test_texts_carry_their_language(client: FlaskClient) -> None:
    page = client.get("/doc/practice/meeting-neighbours-turin.html").text
    assert 'lang="fr" dir="auto">À la rencontre des voisins</span>' in page
    assert 'lang="ar" dir="auto">لقاء الجيران</span>' in page
    listed = client.get("/practices", headers={"Accept-Language": "fr"}).text
    assert '<span class="away" lang="de" dir="auto"> Eine Schule für alle</span>' in listed


def test_a_practice_page_shows_what_was_stated_and_what_was_read(client: FlaskClient) -> None:
    page = client.get("/doc/practice/meeting-neighbours-turin.html").text
    assert "March 2018 until 31 August 2019" in page
    assert "Interpreted as: March 2018 – 31 August 2019" in page
    assert "found in the text" in page
    assert "Read it at coe.int" in page
    assert "not published yet" not in page


def test_a_listing_as_source_is_not_passed_off_as_a_page_of_its_own(client: FlaskClient) -> None:
    page = client.get("/doc/practice/a-script-in-a-title.html").text
    assert "Search for it in the Council of Europe catalogue" in page
    assert "Read it at coe.int" not in page
    assert "not published yet" in page


def test_a_page_without_texts_has_no_empty_parts(client: FlaskClient) -> None:
    page = client.get("/doc/practice/a-national-practice.html").text
    assert "No date given" in page
    assert not re.search(r"<(p|h2|dd|ul|li)>\s*</\1>", page)


def test_the_footer_says_what_this_is_not(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "This site has 4 good practices" in page  # on the start page only: other pages change with less
    assert "good practices; the catalogue" not in client.get("/ns").text
    assert "not an official site of the Council of Europe" in page


def test_the_page_of_a_country_lists_its_cities_and_practices(client: FlaskClient) -> None:
    page = client.get("/country/DEU", headers={"Accept": "text/html"}).text
    assert 'href="/doc/city/de-berlin"' in page
    assert slugs(page) == ["a-script-in-a-title", "eine-schule-fuer-alle"]


def test_the_page_of_a_city_leads_to_the_place_around_it_and_back(client: FlaskClient) -> None:
    page = client.get("/doc/city/de-berlin-neukolln.html").text
    assert "District" in page
    assert 'href="/doc/city/de-berlin"' in page
    around = client.get("/doc/city/de-berlin.html").text
    assert "13.41053° E" in around
    assert "Parts of it" in around
    assert re.search(r'href="/doc/city/de-berlin-neukolln".*<span class="count">2</span>', around)
    assert "Parts of it" not in page


def test_a_row_of_the_search_table_has_the_number_of_its_practice(release: Release) -> None:
    rows = release.index.rows("theme_matches", words='"a"* OR "e"* OR "m"*')
    positions = {row["position"]: row["slug"] for row in release.index.rows("listed", positions="[1,2,3,4]")}
    assert {row[0] for row in rows} == set(positions)
    assert positions[find(release, Selection(q="neighbours")).positions[0]] == "meeting-neighbours-turin"


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Anti-rumour work", "rumour", "Anti-\x02rumour\x03 work"),
        ("No hit here", "rumour", ""),
        ("", "rumour", ""),
        (" ".join(f"w{n}" for n in range(60)), "w40", None),
    ],
)
def test_an_excerpt_shows_the_words_around_the_first_hit(text: str, query: str, expected: str | None) -> None:
    found = excerpt(text, read_words(query))
    if expected is None:
        assert found.startswith("… w28 ")
        assert "w39 \x02w40\x03 w41" in found
    else:
        assert found == expected
