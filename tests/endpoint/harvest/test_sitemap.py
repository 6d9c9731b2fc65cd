import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from samples import BASE, build_release

from endpoint.app import create_app
from endpoint.harvest import sitemap
from pipeline.model.practice import Practice


def listed(client: FlaskClient, path: str) -> dict[str, str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/xml"
    found = re.findall(r"<loc>(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?", response.text)
    return {loc.removeprefix(BASE): when for loc, when in found}


def test_a_page_of_a_topic_or_city_has_the_date_of_its_latest_practice(client: FlaskClient) -> None:
    terms = listed(client, "/sitemap/terms.xml")
    assert terms["/topic/education"] == "2026-11-03T10:00:00Z"
    assert terms["/topic/anti-rumour"] == terms["/country/ITA"] == "2026-11-02T10:00:00Z"
    assert terms["/country/DEU"] == terms["/year/2008"] == "2026-11-01T10:00:00Z"
    assert listed(client, "/sitemap/cities-1.xml") == {
        "/doc/city/de-berlin": "2026-11-01T10:00:00Z",
        "/doc/city/de-berlin-neukolln": "2026-11-01T10:00:00Z",
        "/doc/city/it-turin": "2026-11-02T10:00:00Z",
    }


def test_terms_without_practices_and_pages_of_unknown_date_claim_nothing(client: FlaskClient) -> None:
    assert "/topic/roma" not in listed(client, "/sitemap/terms.xml")
    pages = listed(client, "/sitemap/pages.xml")
    assert pages["/"] == pages["/dataset"] == "2026-11-03T10:00:00Z"
    assert pages["/ns"] == pages["/shapes"] == ""


def test_a_part_is_never_longer_than_allowed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 3)
    parts = listed(client, "/sitemap.xml")
    assert [part for part in parts if "practices" in part] == [
        "/sitemap/practices-1.xml",
        "/sitemap/practices-2.xml",
        "/fr/sitemap/practices-1.xml",
        "/fr/sitemap/practices-2.xml",
    ]
    practices = [listed(client, f"/sitemap/practices-{number}.xml") for number in (1, 2)]
    assert [len(part) for part in practices] == [3, 1]
    for part, when in zip(("practices-1", "practices-2"), practices, strict=True):
        assert parts[f"/sitemap/{part}.xml"] == max(when.values())
    assert len({**practices[0], **practices[1]}) == 4


def test_withdrawn_and_merged_practices_are_not_in_it(client: FlaskClient) -> None:
    assert (
        not {"/doc/practice/an-old-one", "/doc/practice/joined"}
        & listed(client, "/sitemap/practices-1.xml").keys()
    )


@pytest.mark.parametrize("name", ["practices-2", "practices-0", "cities", "nothing"])
def test_a_part_that_there_is_not_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/sitemap/{name}.xml").status_code == 404


def test_a_record_without_a_date_has_that_of_the_release_that_added_it(tmp_path: Path) -> None:
    build_release(tmp_path, (Practice("undated", (("en", "Undated"),), "undated", topics=("education",)),))
    client = create_app(tmp_path).test_client()
    added = "2026-11-23T12:00:00Z"
    assert listed(client, "/sitemap/practices-1.xml") == {"/doc/practice/undated": added}
    assert listed(client, "/sitemap/terms.xml") == {"/topic/education": added}
    assert set(listed(client, "/sitemap.xml").values()) == {added}


def test_a_release_of_older_software_has_the_dates_of_its_records(tmp_path: Path) -> None:
    build_release(tmp_path)
    (index,) = tmp_path.glob("releases/*/index.sqlite")
    with closing(sqlite3.connect(index)) as db:
        db.execute("ALTER TABLE practice DROP COLUMN changed")
        db.commit()
    client = create_app(tmp_path).test_client()
    assert listed(client, "/sitemap/terms.xml")["/topic/education"] == "2026-11-03T10:00:00Z"
    assert {client.get(path).status_code for path in ("/", "/practices.atom", "/practices?sort=changed")} == {
        200
    }


def test_a_sitemap_is_sent_again_only_when_it_is_new(client: FlaskClient) -> None:
    first = client.get("/sitemap/practices-1.xml")
    assert first.headers["Last-Modified"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    again = client.get("/sitemap/practices-1.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_what_has_no_date_is_not_said_to_have_been_changed_now(client: FlaskClient) -> None:
    assert "Last-Modified" not in client.get("/robots.txt").headers
