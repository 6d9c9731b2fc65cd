"""What a reader or a program sees of changes and quality: pages, feed, data, and the event stream."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import locations
import pytest
from building import build, practice, write_table
from edits import release
from flask.testing import FlaskClient
from node_packages import installed
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse
from running import Running

from endpoint.app import create_app
from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import open_release
from endpoint.history import change_stream, changes_page
from pipeline.records.history.record_contents import stored_content

pytestmark = pytest.mark.thorough

BASE = "http://localhost:8000"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
DQV = "http://www.w3.org/ns/dqv#"
LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
PROV = "http://www.w3.org/ns/prov#"
DCT = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
DAYS = [f"2026-02-{day:02d}T00:00:00Z" for day in range(1, 9)]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an output folder after four releases, with changes of every kind."""
    folder = tmp_path_factory.mktemp("followed")
    release(folder, {"a": {}, "b": {}, "c": {}}, DAYS[0])
    release(folder, {"a": {"title": "Mornings <b>", "city": "Madrid"}, "b": {}, "c": {}}, DAYS[1])
    release(folder, {"a": {"title": "Mornings <b>", "city": "Madrid"}, "b": {"summary": ""}}, DAYS[2])
    release(folder, {"b": {"summary": ""}, "d": {"source_url": ""}}, DAYS[3], merged=[("a", "b")])
    return folder


@pytest.fixture
def client(output: Path) -> FlaskClient:
    app = create_app(output)
    app.testing = True
    return app.test_client()


def graph(client: FlaskClient, path: str) -> Store:
    reply = client.get(path, headers={"Accept": "text/turtle"})
    assert reply.status_code == 200
    assert reply.mimetype == "text/turtle"
    store = Store()
    store.load(reply.data, format=RdfFormat.TURTLE)
    return store


def objects(store: Store, subject: str, predicate: str) -> set[str]:
    found = store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, None)
    return {quad.object.value for quad in found if isinstance(quad.object, NamedNode | Literal)}


def test_the_page_of_changes_tells_them_release_by_release(client: FlaskClient) -> None:
    page = client.get("/changes").text

    times = re.findall(
        r'<h2><time datetime="([^"]+)">\d+ February 2026 <span class="note">(.*?)</span>', page
    )
    assert times == [(day, "00:00 UTC") for day in DAYS[3::-1]]
    assert "Mornings &lt;b&gt;" in page
    assert '<span class="note">title, city</span>' in page
    assert re.search(r'Merged into another</span>.*→ <a href="/doc/practice/b"', page)
    french = client.get("/fr/changes").text
    assert '<span class="note">titre, ville</span>' in french
    assert ">Retirée</span>" in french


def test_the_dataset_says_in_words_what_its_release_changed(client: FlaskClient) -> None:
    notes = objects(graph(client, "/dataset"), f"{BASE}/dataset", "http://www.w3.org/ns/adms#versionNotes")

    assert notes == {
        "Practices: 1 added, 0 changed, 0 withdrawn, 1 merged.",
        "Pratiques\u202f: 1 ajoutées, 0 modifiées, 0 retirées, 1 fusionnées.",
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 8), ("?kind=changed", 2), ("?kind=withdrawn", 1), ("?kind=restored", 0), ("?kind=nonsense", 8)],
)
def test_changes_are_filtered_by_kind(client: FlaskClient, query: str, count: int) -> None:
    page = client.get(f"/changes{query}").text

    assert page.count('<span class="kind ') == count
    assert f"{count} change" in page
    listed = graph(client, f"/changes{query}")
    total = {quad.object for quad in listed.quads_for_pattern(None, _hydra("totalItems"), None, None)}
    assert [int(found.value) for found in total if isinstance(found, Literal)] == [count]


@pytest.mark.parametrize("address", ["/changes", "/fr/changes"])
def test_what_no_change_has_is_named_and_left_out(client: FlaskClient, address: str) -> None:
    plain = client.get(address).text
    told = client.get(f"{address}?kind=deleted&release=%3Cb%3E").text

    assert "deleted" not in plain
    for value in ("deleted", "&lt;b&gt;"):
        assert f"<q>{value}</q>" in told
    assert ("Unknown type of change or release" in told) == (address == "/changes")
    assert told.count('<span class="kind ') == plain.count('<span class="kind ')
    assert "deleted" not in client.get(address).text
    assert '<p class="notice">' not in client.get(f"{address}?kind=changed&utm_source=x").text


def test_changes_are_filtered_by_release(client: FlaskClient, output: Path) -> None:
    second = release_history.built_releases(open_release(output / "current"))[2].version

    page = client.get(f"/changes?release={second}").text

    assert page.count('<span class="kind ') == 1
    assert f"Only those of release <code>{second}</code>" in page


def test_changes_have_pages(
    client: FlaskClient, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_page, "PAGE_SIZE", 3)

    newest, oldest = client.get("/changes?kind=").text, client.get("/changes?page=1")
    assert 'rel="next" href="/changes?page=2"' in newest
    assert 'rel="prev" href="/changes?page=2"' in oldest.text
    assert 'rel="next"' not in oldest.text
    assert client.get("/changes.ttl?page=3").headers["Location"] == "/changes.ttl"
    shutil.copytree(output, tmp_path / "later", symlinks=True)
    release(tmp_path / "later", {"b": {"summary": ""}, "d": {"source_url": ""}, "e": {}}, DAYS[4])
    later = create_app(tmp_path / "later").test_client()
    assert later.get("/changes").data != client.get("/changes").data
    assert later.get("/changes?page=1").data == oldest.data
    assert client.get("/changes?page=4").status_code == 404
    assert client.get("/changes?page=99999999999999999999").status_code == 404
    view = graph(client, "/changes?page=2")
    pages = {
        quad.object.value
        for way in ("first", "previous", "next", "last")
        for quad in view.quads_for_pattern(None, _hydra(way), None, None)
        if isinstance(quad.object, NamedNode)
    }
    assert pages == {f"{BASE}/changes?page=1", f"{BASE}/changes?page=3"}


def _hydra(name: str) -> NamedNode:
    return NamedNode(f"http://www.w3.org/ns/hydra/core#{name}")


def test_the_feed_of_changes_has_an_entry_for_every_version(client: FlaskClient) -> None:
    reply = client.get("/changes.atom")
    feed = ElementTree.fromstring(reply.data)
    entries = feed.findall("a:entry", ATOM)

    assert reply.mimetype == "application/atom+xml"
    assert len(entries) == 8
    ids = [entry.findtext("a:id", "", ATOM) for entry in entries]
    assert len(set(ids)) == len(ids)
    updated = [entry.findtext("a:updated", "", ATOM) for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext("a:updated", "", ATOM) == DAYS[3]
    assert "Changed: title, city." in [entry.findtext("a:summary", "", ATOM) for entry in entries]
    for address in ids:
        assert client.get(address.removeprefix(BASE)).status_code == 200
    withdrawn = ElementTree.fromstring(client.get("/changes.atom?kind=withdrawn").data)
    assert len(withdrawn.findall("a:entry", ATOM)) == 1


def test_the_history_of_a_record_shows_what_each_version_changed(client: FlaskClient) -> None:
    page = client.get("/doc/practice/a/history").text

    assert (
        '<th scope="row">title</th><td data-of="Before"><del><span lang="en" dir="auto">Evenings a</span></del>'
        in page
    )
    assert "Mornings &lt;b&gt;</span></ins>" in page
    assert '<span lang="en" dir="auto">Madrid</span></ins>' in page
    assert 'href="/city/es-madrid' not in page


def test_the_history_of_a_record_is_data_too(client: FlaskClient) -> None:
    found = graph(client, "/doc/practice/a/history")
    changed = next(
        quad.subject.value
        for quad in found.quads_for_pattern(None, NamedNode(PROV + "wasRevisionOf"), None, None)
        if isinstance(quad.subject, NamedNode)
        and objects(found, quad.subject.value, PROV + "generatedAtTime") == {DAYS[1]}
    )

    assert objects(found, changed, DCT + "isVersionOf") == {f"{BASE}/practice/a"}
    change = "http://purl.org/vocab/changeset/schema#"
    added = objects(found, f"{changed}#change", change + "addition")
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    said = {value for part in added for value in objects(found, part, rdf + "object")}
    assert {"Mornings <b>", f"{BASE}/city/es-madrid"} <= said
    for suffix in ("jsonld", "nt", "rdf", "html"):
        assert client.get(f"/doc/practice/a/history.{suffix}").status_code == 200


def test_a_version_stays_as_it_was(client: FlaskClient) -> None:
    versions = re.findall(r'href="(/version/a/[^"]+)"', client.get("/doc/practice/a/history").text)
    (first,) = (path for path in versions if path.endswith(("1",)) or "20260201" in path)

    said = graph(client, first)
    assert objects(said, BASE + first, DCT + "title") == {"Evenings a"}
    assert client.get(f"{first}0").status_code == 404
    assert "This is an earlier version" in client.get(first).text


@pytest.mark.parametrize(
    ("slug", "asked", "found"),
    [
        ("a", "Sun, 01 Feb 2026 00:00:00 GMT", DAYS[0]),
        ("a", "Sun, 01 Feb 2026 23:59:59 GMT", DAYS[0]),
        ("a", "Mon, 02 Feb 2026 12:00:00 GMT", DAYS[1]),
        ("a", "Fri, 01 Jan 1999 00:00:00 GMT", DAYS[0]),
        ("b", "Fri, 01 Jan 2100 00:00:00 GMT", DAYS[2]),
        ("c", "Mon, 02 Feb 2026 12:00:00 GMT", DAYS[0]),
    ],
)
def test_a_record_at_a_time_is_its_version_of_that_time(
    client: FlaskClient, slug: str, asked: str, found: str
) -> None:
    headers = {"Accept-Datetime": asked, "Accept": "text/turtle"}
    away = client.get(f"/doc/practice/{slug}", headers=headers)
    assert away.status_code == 302
    assert "Accept-Datetime" in away.vary
    memento = client.get(away.location, headers=headers)
    assert memento.mimetype == "text/turtle"
    assert f'prov:generatedAtTime "{found}"' in memento.text
    assert memento.headers["Memento-Datetime"] == memento.headers["Last-Modified"]
    for reply in (away, memento):
        assert f'<{BASE}/doc/practice/{slug}>; rel="original timegate"' in reply.headers["Link"]
        assert f'<{BASE}/version/{slug}>; rel="timemap"' in reply.headers["Link"]


def test_the_list_of_versions_is_a_time_map_for_programs_and_the_history_for_people(
    client: FlaskClient,
) -> None:
    listed = client.get("/version/a")
    assert listed.mimetype == "application/link-format"
    mementos = re.findall(r'^<(.*?)>; rel="([^"]*memento)"; datetime="(.*?)"', listed.text, re.MULTILINE)
    assert [relation for _, relation, _ in mementos] == ["first memento", "memento", "last memento"]
    for address, _, moment in mementos:
        assert client.get(address.removeprefix(BASE)).headers["Memento-Datetime"] == moment
    people = client.get("/version/a", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (people.status_code, people.location) == (303, "/doc/practice/a/history")


def test_a_time_that_is_none_is_refused_with_an_example(client: FlaskClient) -> None:
    for wrong in ("yesterday", "2026-02-01", "", "Sun, 99 Foo 2026 00:00:00 GMT", "é"):
        refused = client.get("/doc/practice/a", headers={"Accept-Datetime": wrong})
        assert refused.status_code == 400, wrong
        assert "such as Mon, 23 Nov 2026 12:00:00 GMT" in refused.json["detail"]


def test_the_page_of_a_practice_tells_its_last_change(client: FlaskClient) -> None:
    page = client.get("/doc/practice/b").text

    assert (
        f'Changed <time datetime="{DAYS[2]}">3 February 2026</time><span class="read">summary</span>' in page
    )
    assert 'href="/version/b"' in page
    assert 'href="/version/c"' in client.get("/doc/practice/c").text


def test_quality_stands_in_numbers_with_their_course(client: FlaskClient) -> None:
    page = client.get("/quality").text

    assert re.search(r"Summary</th><td class=\"number\">1</td><td class=\"number\">50&#8239;%</td>", page)
    assert 'aria-label="Summary: 100 % → 50 %"' in page
    assert page.count("<polyline") == 2
    assert re.search(r"<td>66.7</td>.*<td>100</td>", page) is None
    assert "Résumé, %" in client.get("/fr/quality").text


def test_every_figure_on_quality_leads_to_the_practices_it_counts(real_output: Path) -> None:
    client = create_app(real_output).test_client()
    page = client.get("/quality").text
    links = re.findall(r'<a href="(/practices\?(\w+)=[^"]+)">([\d\u202f]+)</a>', page)
    assert {"missing", "finding", "title_language", "summary_language"} <= {group for _, group, _ in links}
    for address, group, number in links:
        listed = client.get(address).text
        found = int(re.search(r'id="found"[^>]*>(\d+) practice', listed)[1])  # type: ignore[index]
        most = int(number) * (2 if address.endswith("duplicate-probable") else 1)
        assert found == int(number) or (group == "finding" and 0 < found <= most), address
        assert "No practice has these values" not in listed
        rows = client.get(address.replace("/practices?", "/practices.csv?")).text.splitlines()
        assert len(rows) == found + 1


def test_quality_is_measured_as_the_vocabulary_for_it_says(client: FlaskClient) -> None:
    found = graph(client, "/quality")
    share = f"{BASE}/quality#present-summary"

    assert set(map(float, objects(found, share, DQV + "value"))) == {50.0}
    assert objects(found, share, DQV + "computedOn") == {f"{BASE}/dataset"}
    (metric,) = objects(found, share, DQV + "isMeasurementOf")
    assert objects(found, metric, "http://www.w3.org/2004/02/skos/core#definition") == {
        "Per cent of practices with: summary.",
        "Pour cent des pratiques avec\u202f: résumé.",
    }
    assert objects(found, f"{BASE}/quality#practices", DQV + "value") == {"2"}


def test_a_trend_begins_with_three_releases(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}}, DAYS[0])
    app = create_app(tmp_path)

    assert "The trend appears after three releases." in app.test_client().get("/quality").text


def test_the_stream_says_what_clients_must_know(client: FlaskClient) -> None:
    root, this = graph(client, "/ldes"), f"{BASE}/ldes#stream"

    assert objects(root, this, TREE + "view") == {f"{BASE}/ldes"}
    assert objects(root, this, LDES + "timestampPath") == {PROV + "generatedAtTime"}
    assert objects(root, this, LDES + "versionOfPath") == {DCT + "isVersionOf"}
    (shape,) = objects(root, this, TREE + "shape")
    assert set(parse(client.get("/ldes/shape.nt").data, format=RdfFormat.N_TRIPLES)) <= set(root)
    assert shape == f"{BASE}/ldes/shape"
    (policy,) = objects(root, f"{BASE}/ldes", LDES + "retentionPolicy")
    assert objects(root, policy, LDES + "startingFrom") == {DAYS[0]}
    assert objects(root, policy, LDES + "versionAmount") == set()
    assert f"Every version since {DAYS[0]} is kept, for good." in objects(root, policy, RDFS + "comment")


def test_a_stream_promises_all_versions_only_from_when_on_it_has_them(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}, "b": {}}, DAYS[0])
    release(tmp_path, {"a": {"title": "Mornings"}, "b": {}}, DAYS[1])
    (tmp_path / "current" / "history.sqlite").unlink()
    release(tmp_path, {"a": {"title": "Noons"}, "b": {}}, DAYS[2])
    app = create_app(tmp_path)
    app.testing = True
    client = app.test_client()
    root = graph(client, "/ldes")

    (policy,) = objects(root, f"{BASE}/ldes", LDES + "retentionPolicy")
    assert objects(root, policy, LDES + "startingFrom") == {DAYS[0]}
    assert objects(root, policy, LDES + "versionAmount") == {"1"}
    words = " ".join(sorted(objects(root, policy, RDFS + "comment")))
    assert f"Every version since {DAYS[2]} is kept" in words
    assert "toutes ne sont pas connues" in words
    page = client.get("/ldes").text
    assert "complete since 3 February 2026. Not all earlier versions are known." in page


def test_closed_pages_may_be_kept_for_ever_and_the_latest_for_a_moment(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_stream, "PAGE_SIZE", 3)
    change_stream.pages_of.cache_clear()
    accept = {"Accept": "text/turtle"}
    nodes = {
        quad.object.value.removeprefix(BASE)
        for quad in graph(client, "/ldes").quads_for_pattern(None, NamedNode(TREE + "node"), None, None)
        if isinstance(quad.object, NamedNode)
    }

    closed = sorted(nodes - {"/ldes/latest"})
    assert len(closed) == 2
    for path in closed:
        reply = client.get(path, headers=accept)
        assert reply.cache_control.immutable
        assert reply.cache_control.max_age == 365 * 24 * 3600
        assert reply.vary.as_set() >= {"accept"}
        assert b"ldes:immutable true" in reply.data
        again = client.get(path, headers=accept | {"If-None-Match": reply.headers["ETag"]})
        assert again.status_code == 304
        assert not client.get(path, headers={"Accept": "text/html"}).cache_control.immutable
    for path in ("/ldes", "/ldes/latest"):
        reply = client.get(path, headers=accept)
        assert reply.cache_control.max_age == 60
        assert not reply.cache_control.immutable
    assert client.get("/ldes/1-000000000000", headers=accept).status_code == 410
    assert client.get("/ldes/nothing", headers=accept).status_code == 404
    change_stream.pages_of.cache_clear()


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "nt", "rdf", "html"])
def test_every_document_has_its_fixed_forms(client: FlaskClient, suffix: str) -> None:
    for path in ("/changes", "/quality", "/ldes", "/ldes/latest", "/ldes/shape"):
        assert client.get(f"{path}.{suffix}").status_code == 200


@pytest.fixture(scope="module")
def follower() -> Path:
    """Return the folder with the client of the LDES community."""
    return installed("ldes-client@0.3.0")


@pytest.fixture
def published(tmp_path: Path) -> Iterator[tuple[Path, Running]]:
    """Give a folder with three releases of 60 records, more than one page of versions, and its server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rows = [practice(f"x{number}") for number in range(60)]
    output, table = tmp_path / "out", tmp_path / "practices.csv"
    base = ("--base-iri", f"http://127.0.0.1:{port}")
    build(output, write_table(table, rows), *base)
    for row in rows:
        row["summary"] += " And to sing."
    build(output, write_table(table, rows), *base)
    build(output, write_table(table, rows[1:]), *base)
    with Running(output, port=port) as server:
        yield output, server


def follow(follower: Path, server: Running, **settings: object) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        [
            shutil.which("node") or "node",
            str(locations.TESTS / "clients" / "follow.mjs"),
            str(follower),
            f"http://127.0.0.1:{server.port}/ldes",
            json.dumps(settings),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    members: dict[str, dict[str, str]] = json.loads(done.stdout)["members"]
    return members


@pytest.mark.slow
def test_a_client_of_others_replicates_every_version(published: tuple[Path, Running], follower: Path) -> None:
    output, server = published
    here = open_release(output / "current")

    members = follow(follower, server)

    versions = {
        here.iris.version(each.slug, each.stamp)[1:-1]: each
        for each in release_history.latest(here, (1, 200))
    }
    assert len(versions) == 121
    assert set(members) == set(versions)
    for iri, member in members.items():
        assert member["of"] == f"{here.base}/practice/{versions[iri].slug}"
        said = {str(quad) for quad in parse(member["lines"], format=RdfFormat.N_TRIPLES)}
        for line in _renamed(
            release_history.content(here, versions[iri]), here.base, versions[iri].slug, iri
        ):
            assert line in said
    latest = {each.slug: iri for iri, each in reversed(versions.items())}
    for slug, iri in latest.items():
        if not versions[iri].is_end:
            assert release_history.content(here, versions[iri]) == stored_content(here.store, here.iris, slug)


def _renamed(content: str, base: str, slug: str, iri: str) -> set[str]:
    """Return the statements of a content as those of a version."""
    text = content.replace(f"<{base}/practice/{slug}#period>", f"<{iri}#period>")
    text = text.replace(f"<{base}/doc/practice/{slug}>", f"<{iri}#record>")
    text = text.replace(f"<{base}/practice/{slug}>", f"<{iri}>")
    return {str(quad) for quad in parse(text, format=RdfFormat.N_TRIPLES)}


@pytest.mark.slow
def test_a_client_of_others_finds_the_state_of_today(published: tuple[Path, Running], follower: Path) -> None:
    _, server = published

    members = follow(follower, server, materialize=True, lastVersionOnly=True)

    living = [found for found in members.values() if "activitystreams#Delete" not in found["lines"]]
    assert len(members) == 60
    assert len(living) == 59
    assert all("And to sing." in found["lines"] for found in living)
