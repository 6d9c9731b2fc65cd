from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from samples import BASE, build_release

from endpoint.app import create_app
from endpoint.harvest import feeds
from pipeline.model.practice import Practice

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def read(client: FlaskClient, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    return ElementTree.fromstring(response.data)


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", ATOM)


def test_a_feed_tells_what_changed_last_first(client: FlaskClient) -> None:
    feed = read(client, "/practices.atom")
    entries = feed.findall("a:entry", ATOM)
    changed = [text(entry, "updated") for entry in entries]
    assert changed == sorted(changed, reverse=True)
    assert text(feed, "updated") == changed[0] == "2026-11-03T10:00:00Z"
    assert text(feed, "id") == f"{BASE}/practices"
    assert text(entries[0], "id") == f"{BASE}/practice/a-national-practice"


def test_a_feed_of_a_list_has_its_practices_only(client: FlaskClient) -> None:
    feed = read(client, "/practices.atom?topic=anti-rumour&country=ITA")
    (entry,) = feed.findall("a:entry", ATOM)
    assert text(entry, "title") == "Meeting neighbours"
    assert text(entry, "summary") == "Neighbours in Turin cook and talk, against rumours."
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", ATOM)}
    assert links["self"] == f"{BASE}/practices.atom?topic=anti-rumour&country=ITA"


def test_every_entry_has_what_readers_need(client: FlaskClient) -> None:
    for entry in read(client, "/practices.atom").findall("a:entry", ATOM):
        assert all(text(entry, name) for name in ("id", "title", "updated", "published"))
        assert entry.find("a:link", ATOM) is not None


def test_a_feed_of_nothing_is_a_feed(client: FlaskClient) -> None:
    feed = read(client, "/practices.atom?q=nothingofthekind")
    assert feed.findall("a:entry", ATOM) == []
    assert text(feed, "updated") == "2026-11-23T12:00:00Z"


def test_a_feed_is_asked_for_again_only_when_it_is_new(client: FlaskClient) -> None:
    first = client.get("/practices.atom")
    assert first.headers["Last-Modified"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    assert set(first.vary) == {"Accept-Encoding"}
    again = client.get("/practices.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_feed_is_bounded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 2)
    assert len(read(client, "/practices.atom?sort=title").findall("a:entry", ATOM)) == 2


def test_characters_that_xml_cannot_hold_are_left_out(tmp_path: Path) -> None:
    title = "A bell\x07 and <markup> & \x0bmore"
    build_release(tmp_path, (Practice("bell", (("en", title),), "bell", modified="2026-11-03T10:00:00Z"),))
    feed = read(create_app(tmp_path).test_client(), "/practices.atom")
    assert text(feed.findall("a:entry", ATOM)[0], "title") == "A bell and <markup> & more"
