"""What did not change stays as it is: the same ETag and date for every form of every other record."""

import csv
import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from building import build
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from endpoint.app import create_app

pytestmark = pytest.mark.thorough

FIELDS = ("id", "lang", "title", "country", "city", "date", "topics", "summary", "modified")
CITIES = (("France", "Lyon"), ("Italy", "Turin"), ("Spain", "Bilbao"))
FORMS = (".html", ".ttl", ".jsonld", ".nt", ".rdf")
LISTS = (
    "/practices",
    "/practices?format=ttl",
    "/topic/education",
    "/topic/roma.ttl",
    "/country/FRA",
    "/country/ITA.jsonld",
    "/year/2014",
    "/year/2015",
    "/year/2016",
    "/country/ESP.ttl",
    "/ns.ttl",
    "/topic.ttl",
    "/sitemap/practices-1.xml",
    "/practices.atom",
    "/practices.ttl",
    "/practices.csv?country=FRA",
    "/practices?sort=changed",
    "/practices?q=began",
    "/explore",
    "/explore/years.svg",
    "/",
    "/year",
    "/doc/city/it-turin",
    "/changes?page=1",
)
OF_FRANCE = ("/country/FRA", "/practices.csv?country=FRA")
EDITS = st.lists(
    st.tuples(st.sampled_from(["change", "insert", "remove", "move"]), st.integers(0, 5)),
    min_size=2,
    max_size=3,
)


def row(name: str, number: int) -> dict[str, str]:
    country, city = CITIES[number % len(CITIES)]
    return {
        "id": name,
        "lang": "en",
        "title": f"Practice {name} of the city",
        "country": country,
        "city": city,
        "date": str(2014 + number % 3),
        "topics": "Education" if number % 2 else "Roma",
        "summary": f"The city of {city} began {name} and made a longer text of it than is needed here.",
        "modified": "2020-01-01" if number % 3 == 0 else "",
    }


def about_france(row: dict[str, str]) -> bool:
    return row["country"] == "France"


def edited(
    rows: list[dict[str, str]], kind: str, at: int, step: int
) -> tuple[list[dict[str, str]], set[str]]:
    """Return the rows after an edit, and the ids of the records that it is about."""
    at %= len(rows)
    if kind == "change":
        changed = {**rows[at], "summary": f"{rows[at]['summary']} Edited in step {step}."}
        return [*rows[:at], changed, *rows[at + 1 :]], {changed["id"]}
    if kind == "insert":
        return [row(f"new-{step}", step + at), *rows], {f"new-{step}"}
    if kind == "remove":
        return [*rows[:at], *rows[at + 1 :]], {rows[at]["id"]}
    return [*rows[at:], *rows[:at]], set()


def published(folder: Path, rows: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Build the rows, and return the ETag and the date of each document."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    writer.writerows(rows)
    source = folder / "practices.csv"
    source.write_text(text.getvalue(), encoding="utf-8")
    result = build(folder / "published", source, "--allow-withdrawals")
    assert result.exit_code == 0, result.output
    client = create_app(folder / "published").test_client()
    paths = [f"/doc/practice/{each['id']}{form}" for each in rows for form in FORMS]
    found = {}
    for path in (*paths, *LISTS):
        response = client.get(path)
        if response.status_code == 200:
            found[path] = (response.headers["ETag"], response.headers.get("Last-Modified", ""))
    return found


@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(EDITS)
def test_an_edit_changes_nothing_but_its_record_and_the_lists_that_show_it(edits) -> None:
    with TemporaryDirectory() as name:
        rows = [row(f"p{number}", number) for number in range(6)]
        before = published(Path(name), rows)
        for step, (kind, at) in enumerate(edits):
            old = rows
            rows, touched = edited(rows, kind, at, step)
            after = published(Path(name), rows)
            for path in before.keys() & after.keys():
                # A date also changes with what only some of the forms show.
                assert before[path][0] == after[path][0] or before[path][1] != after[path][1], path
                if any(f"/{slug}." in path for slug in touched):
                    continue
                if path in LISTS:
                    # A practice in Spain is none of the others' business.
                    if path in OF_FRANCE and not any(
                        about_france(each) for each in (*old, *rows) if each["id"] in touched
                    ):
                        assert before[path][0] == after[path][0], (path, kind, at)
                else:
                    assert before[path] == after[path], (path, kind, at)
            before = after


def test_a_changed_record_is_new_in_the_sitemap_and_the_feed_though_it_states_an_old_date(
    tmp_path: Path,
) -> None:
    rows = [row(f"p{number}", number) for number in range(4)]
    published(tmp_path, rows)
    changed, _ = edited(rows, "change", 3, 1)
    published(tmp_path, changed)
    client = create_app(tmp_path / "published").test_client()
    listed = re.findall(
        "/doc/practice/(p.)</loc><lastmod>([^<]*)", client.get("/sitemap/practices-1.xml").text
    )
    assert {slug: when.startswith("2020-01-01") for slug, when in listed} == {
        "p0": True,
        "p1": False,
        "p2": False,
        "p3": False,
    }
    feed = client.get("/practices.atom").text
    first = re.search("<entry>.*?</entry>", feed, re.DOTALL)
    assert first is not None
    assert f"<updated>{dict(listed)['p3']}</updated>" in first[0]
    assert "/practice/p3<" in first[0]
