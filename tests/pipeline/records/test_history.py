"""The history of records: what a release keeps of them, what survives, and what a reader sees of it."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from building import build, practice, write_table
from edits import ledger_of, release
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld.jsonld import to_rdf
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from endpoint.app import create_app
from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release, open_release
from endpoint.graphs.jsonld_documents import loader
from endpoint.history import change_stream
from pipeline.records.history.history_fields import (
    change_text,
    changed_fields,
    differences,
    field_names,
    kind_name,
)
from pipeline.records.history.history_log import HISTORY, KINDS
from pipeline.records.history.record_contents import stored_content

pytestmark = pytest.mark.thorough

DAYS = [f"2026-01-{day:02d}T00:00:00Z" for day in range(1, 29)]
BASE = "http://localhost:8000"


def opened(output: Path) -> Release:
    return open_release(output / "current")


def told_of(output: Path, slug: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.kind, each.fields) for each in release_history.versions_of(opened(output), slug)][::-1]


def app_of(output: Path) -> Flask:
    app = create_app(output)
    app.testing = True
    return app


def test_a_history_tells_what_became_of_a_record_field_by_field(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}, "b": {}}, DAYS[0])
    release(tmp_path, {"a": {"summary": "Neighbours cook.", "city": "Madrid"}, "b": {}}, DAYS[1])
    release(tmp_path, {"b": {}}, DAYS[2])
    release(tmp_path, {"a": {"title": "Mornings", "date": "2018-2020"}, "b": {}}, DAYS[3])
    release(tmp_path, {"a": {"title": "Mornings", "date": "2018-2021"}, "b": {}}, DAYS[4])

    assert told_of(tmp_path, "a") == [
        ("added", ()),
        ("changed", ("summary", "city")),
        ("withdrawn", ()),
        ("restored", ()),
        ("changed", ("date", "period")),
    ]
    assert told_of(tmp_path, "b") == [("added", ())]
    assert [made.at for made in release_history.built_releases(opened(tmp_path))] == DAYS[4::-1]


def test_a_history_outlives_the_releases_of_which_it_tells(tmp_path: Path) -> None:
    release(tmp_path, {"a": {"title": "The first title"}}, DAYS[0])
    release(tmp_path, {"a": {"title": "The second title"}}, DAYS[1])
    release(tmp_path, {"a": {"title": "The third title"}}, DAYS[2])

    assert len(list((tmp_path / "releases").iterdir())) == 1
    said = [
        release_history.content(opened(tmp_path), each)
        for each in release_history.versions_of(opened(tmp_path), "a")
    ]
    for text, number in zip(said, ("third", "second", "first"), strict=True):
        assert f'"The {number} title"@en' in text


def test_a_build_without_changes_adds_nothing(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}}, DAYS[0])
    again = release(tmp_path, {"a": {}}, DAYS[1])

    assert not again.changed
    assert release_history.extent(opened(tmp_path)) == release_history.HistoryExtent(1, 1, DAYS[0], DAYS[0])


def test_a_record_that_goes_on_in_another_is_merged(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}, "b": {}}, DAYS[0])
    release(tmp_path, {"b": {}}, DAYS[1], merged=[("a", "b")])

    (merged, _) = release_history.versions_of(opened(tmp_path), "a")
    assert (merged.kind, merged.replaced_by) == ("merged", "b")
    page = app_of(tmp_path).test_client().get("/doc/practice/a/history")
    assert page.status_code == 200
    assert 'href="/doc/practice/b"' in page.text


def test_a_clock_that_goes_backwards_keeps_the_order_of_time(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}}, DAYS[9])
    release(tmp_path, {"a": {"title": "Mornings"}}, DAYS[4])
    release(tmp_path, {"a": {"title": "Noons"}}, DAYS[4])

    times = [each.at for each in release_history.versions_of(opened(tmp_path), "a")][::-1]
    assert times == [DAYS[9], "2026-01-10T00:00:01Z", "2026-01-10T00:00:02Z"]
    entry = ledger_of(tmp_path)["a"]
    assert entry["issued"] == DAYS[9]
    assert entry["modified"] == times[-1]


def test_a_build_of_a_clock_that_went_backwards_withholds_nothing_and_is_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [practice("a", date="2016 - 2019"), practice("b", date="2016 - 2019")]
    output, table = tmp_path / "out", tmp_path / "practices.csv"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798761600")  # 2027
    build(output, write_table(table, rows))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")  # 2001
    result = build(output, write_table(table, [rows[0] | {"title": "Mornings a"}, rows[1]]))

    assert "1 changed, 1 unchanged" in result.stdout
    assert (
        "The clock says 2001-09-09T01:46:40Z, but there are records of 2027-01-01T00:00:00Z" in result.stderr
    )
    entries = ledger_of(output)
    assert entries["a"]["modified"] == "2027-01-01T00:00:01Z"
    assert entries["b"]["modified"] == "2027-01-01T00:00:00Z"
    client = app_of(output).test_client()
    for path in ("/dataset.ttl", "/dumps/dataset.nt.gz", "/practices.csv"):
        with client.get(path, headers={"If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"}) as reply:
            assert (reply.status_code, reply.last_modified.year) == (200, 2027), path


def test_a_move_of_the_site_is_no_change_of_its_records(tmp_path: Path) -> None:
    release(tmp_path, {"a": {"title": "Mornings"}}, DAYS[0])
    release(tmp_path, {"a": {"title": "Noons"}}, DAYS[1])
    release(tmp_path, {"a": {"title": "Noons"}}, DAYS[2], base="https://data.example.org")

    found = release_history.versions_of(opened(tmp_path), "a")
    assert [each.kind for each in found] == ["changed", "added"]
    assert "<https://data.example.org/practice/a>" in release_history.content(opened(tmp_path), found[1])


@pytest.mark.parametrize("harm", ["damaged", "missing", "nonsense"])
def test_a_lost_history_begins_anew_from_the_ledger_and_says_so(tmp_path: Path, harm: str) -> None:
    rows = [practice("a"), practice("b"), practice("c")]
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "practices.csv", rows))
    path = output / "current" / HISTORY
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-100] if harm == "damaged" else b"nonsense")
    rows[0]["title"] = "Mornings a"

    result = build(output, write_table(tmp_path / "practices.csv", rows))

    assert result.exit_code == 0, result.output
    assert "The history begins anew, since" in result.stderr
    assert [each.kind for each in release_history.versions_of(opened(output), "a")] == ["changed", "added"]
    assert [each.kind for each in release_history.versions_of(opened(output), "b")] == ["added"]
    assert len(release_history.gaps(opened(output))) == 1
    page = app_of(output).test_client().get("/changes")
    assert "may be missing, because the history restarted on that day." in page.text
    assert str(tmp_path) not in page.text


def _two_releases(tmp_path: Path) -> tuple[Path, Path, list[dict[str, str]]]:
    """Return folder, table and rows of two releases; the second changed one record and withdrew one."""
    rows = [practice("a"), practice("b"), practice("c")]
    output, table = tmp_path / "out", tmp_path / "practices.csv"
    build(output, write_table(table, rows))
    rows[0]["title"] = "Mornings a"
    build(output, write_table(table, rows[:2]))
    return output, table, rows[:2]


def _spoil_manifest(release: Path) -> None:
    (release / "manifest.json").write_text("{", encoding="utf-8")


def _shorten_ledger(release: Path) -> None:
    lines = (release / "ledger.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (release / "ledger.csv").write_text("".join(lines[:2]), encoding="utf-8")


@pytest.mark.parametrize("harm", [shutil.rmtree, _spoil_manifest, _shorten_ledger])
def test_a_build_goes_on_from_the_newest_sound_release_where_the_last_is_lost(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    output, table, rows = _two_releases(tmp_path)
    first = release_history.versions_of(opened(output), "b")
    harm((output / "current").resolve())

    result = build(output, write_table(table, rows))

    assert result.exit_code == 0, result.output
    assert "The history goes on from release" in result.stderr
    assert "1 changed, 1 unchanged, 1 withdrawn" in result.stdout
    assert release_history.versions_of(opened(output), "b") == first
    assert told_of(output, "c") == [("added", ()), ("withdrawn", ())]
    client = app_of(output).test_client()
    assert client.get("/doc/practice/c").status_code == 410
    (gap,) = release_history.gaps(opened(output))
    assert gap.reason in client.get("/changes").text
    assert "missing" in gap.reason or "is damaged" in gap.reason


def test_where_no_release_is_left_a_history_begins_and_says_that_there_was_one(tmp_path: Path) -> None:
    output, table, rows = _two_releases(tmp_path)
    shutil.rmtree(output / "releases")

    result = build(output, write_table(table, rows))

    assert "The history begins anew, since the release before is missing." in result.stderr
    assert "2 added" in result.stdout
    assert "the release before is missing" in app_of(output).test_client().get("/changes").text


def test_a_build_stops_where_a_damaged_ledger_is_all_there_is(tmp_path: Path) -> None:
    output, table = tmp_path / "out", tmp_path / "practices.csv"
    build(output, write_table(table, [practice("a"), practice("b")]))
    _shorten_ledger(output / "current")

    result = build(output, table)

    assert result.exit_code == 3
    assert "ledger.csv is damaged" in result.stderr
    assert "--ledger" in result.stderr


def test_a_lost_store_of_the_last_release_is_told_and_costs_only_what_it_alone_knew(tmp_path: Path) -> None:
    output, table, rows = _two_releases(tmp_path)
    run = ledger_of(output)["b"]["run"]
    shutil.rmtree(output / "current" / "store")
    rows[0]["title"] = "Noons a"

    result = build(output, write_table(table, rows))

    assert result.exit_code == 0, result.output
    assert "is damaged: what changed in records that this build changes" in result.stderr
    assert told_of(output, "a") == [("added", ()), ("changed", ("title",)), ("changed", ())]
    assert told_of(output, "c") == [("added", ()), ("withdrawn", ())]
    client = app_of(output).test_client()
    assert client.get("/doc/practice/a/history").status_code == 200
    assert client.get(f"/run/{run}").status_code == 200


def test_a_ledger_carried_to_an_empty_folder_begins_a_history(tmp_path: Path) -> None:
    rows = [practice("a"), practice("b")]
    table = write_table(tmp_path / "practices.csv", rows)
    build(tmp_path / "old", table)
    ledger = tmp_path / "ledger.csv"
    shutil.copyfile(tmp_path / "old" / "current" / "ledger.csv", ledger)

    result = build(tmp_path / "new", table, "--ledger", ledger)

    assert "only a ledger was carried here" in result.stderr
    kept, fresh = (ledger_of(tmp_path / name)["a"]["modified"] for name in ("old", "new"))
    (version,) = release_history.versions_of(opened(tmp_path / "new"), "a")
    assert kept == fresh == version.at


def test_a_release_whose_history_cannot_be_read_is_served_and_says_so(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}}, DAYS[0])
    (tmp_path / "current" / HISTORY).write_bytes(b"nonsense")
    client = app_of(tmp_path).test_client()

    assert client.get("/doc/practice/a").status_code == 200
    assert "There is no history of earlier releases" in client.get("/changes").text
    assert "This release does not have these numbers" in client.get("/quality").text
    assert client.get("/doc/practice/a/history").status_code == 404
    for path in ("/ldes", "/ldes/latest", "/changes.atom"):
        reply = client.get(path, headers={"Accept": "text/turtle"})
        assert reply.status_code == 404
        assert "history" in reply.text


def test_a_history_that_is_damaged_while_it_is_served_says_nothing_but_never_fails(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}}, DAYS[0])
    release(tmp_path, {"a": {"title": "Mornings"}}, DAYS[1])
    client = app_of(tmp_path).test_client()
    path = tmp_path / "current" / HISTORY
    database = sqlite3.connect(path)
    database.execute("UPDATE content SET lines = x'00'")
    database.commit()
    database.close()
    page = client.get("/doc/practice/a/history")
    assert (page.status_code, "<p>title</p>" in page.text) == (200, True)

    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    client = app_of(tmp_path).test_client()
    for address in ("/changes", "/quality", "/doc/practice/a", "/changes.ttl", "/changes.atom"):
        assert client.get(address).status_code in (200, 404), address


def test_two_histories_that_part_share_no_page_with_another_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_stream, "PAGE_SIZE", 2)
    one, other = tmp_path / "one", tmp_path / "other"
    release(one, {"a": {}, "b": {}, "c": {}}, DAYS[0])
    shutil.copytree(one, other, symlinks=True)
    release(one, {"a": {"title": "Mornings"}, "b": {}, "c": {}, "d": {}}, DAYS[1])
    release(other, {"a": {}, "b": {}, "c": {}, "e": {}}, DAYS[2])

    pages, others = (
        {address: body for address, body in _pages(each).items() if not address.endswith("/latest")}
        for each in (one, other)
    )
    shared = pages.keys() & others.keys()
    assert len(shared) == 1
    assert len(pages) == len(others) == 2
    assert all(pages[address] == others[address] for address in shared)


@pytest.mark.parametrize("path", ["/changes", "/doc/practice/a/history", "/ldes", "/ldes/latest", "/quality"])
def test_json_ld_says_what_turtle_says(tmp_path: Path, path: str) -> None:
    release(tmp_path, {"a": {}, "b": {}}, DAYS[0])
    release(tmp_path, {"a": {"title": "Mornings \u202e"}, "b": {}}, DAYS[1])
    client = app_of(tmp_path).test_client()

    document = json.loads(client.get(path, headers={"Accept": "application/ld+json"}).data)
    read = to_rdf(document, {"documentLoader": loader(BASE), "format": "application/n-quads"})

    both = []
    for text in (read, client.get(path, headers={"Accept": "application/n-triples"}).data):
        dataset = Dataset(parse(text, format=RdfFormat.N_TRIPLES))
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        both.append({str(quad) for quad in dataset})
    assert both[0] == both[1]
    assert len(both[0]) > 5


def test_words_of_a_change_are_there_in_both_languages() -> None:
    assert change_text("changed", ("title", "city"), "en") == "Changed: title, city"
    assert change_text("changed", ("title", "city"), "fr") == "Modifiée\u202f: titre, ville"
    for language in ("en", "fr"):
        assert all(kind_name(kind, language) for kind in KINDS)
        assert all(names[language] for names in field_names().values())


def test_what_follows_from_other_statements_is_no_field_of_its_own() -> None:
    dct = "http://purl.org/dc/terms/"
    label = '<p:a> <http://www.w3.org/2000/01/rdf-schema#label> "{}"@en .\n'
    title = f'<p:a> <{dct}title> "{{}}"@en .\n'
    rights = f"<p:a> <{dct}rights> <r:{{}}> .\n"

    before = label.format("Old") + title.format("Old") + rights.format("1")
    after = label.format("New") + title.format("New") + rights.format("2")

    assert changed_fields(before, after) == ("title", "other")
    (change, _) = differences(before, after)
    assert [value.text for value in change.before + change.after] == ["Old", "New"]


STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), min_size=1),
        st.integers(0, len(DAYS) - 1),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_of_edits_replays_to_the_current_state(
    steps: list[tuple[dict[str, int], int]],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(change_stream, "PAGE_SIZE", 3)
    output = tmp_path_factory.mktemp("edits")
    expected, before, closed = list[tuple[str, str]](), dict[str, int](), dict[str, bytes]()
    for records, day in steps:
        release(output, {name: {"title": f"Title {number}"} for name, number in records.items()}, DAYS[day])
        expected += _events(before, records, {slug for slug, _ in expected})
        before = records
        pages = _pages(output)
        assert {address: pages[address] for address in closed} == closed
        closed = {address: body for address, body in pages.items() if not address.endswith("latest")}
    here = opened(output)
    found = release_history.latest(here, (1, 2**62))[::-1]
    times = [made.at for made in release_history.built_releases(here)]

    assert sorted((each.slug, each.kind) for each in found) == sorted(expected)
    assert times == sorted(set(times), reverse=True)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert _latest_of(pages) == {name: stored_content(here.store, here.iris, name) for name in before}


def _events(before: dict[str, int], after: dict[str, int], known: set[str]) -> list[tuple[str, str]]:
    fresh = [(name, "restored" if name in known else "added") for name in after.keys() - before.keys()]
    changed = [(name, "changed") for name in after.keys() & before.keys() if after[name] != before[name]]
    return [*fresh, *changed, *((name, "withdrawn") for name in before.keys() - after.keys())]


def _pages(output: Path) -> dict[str, bytes]:
    """Return the pages of the stream by their addresses, as a client that follows its relations reads them."""
    client = app_of(output).test_client()
    root = client.get("/ldes", headers={"Accept": "application/n-triples"}).data
    nodes = [
        str(quad.object)[1:-1]
        for quad in parse(root, format=RdfFormat.N_TRIPLES)
        if quad.predicate.value == "https://w3id.org/tree#node"
    ]
    return {
        node: client.get(node.removeprefix(BASE), headers={"Accept": "application/n-triples"}).data
        for node in nodes
    }


def _latest_of(pages: dict[str, bytes]) -> dict[str, str]:
    """Return what the latest version of each practice says, of the practice again; those that ended are left out."""
    lines = sorted(line for body in pages.values() for line in body.decode().splitlines(keepends=True))
    of = dict(_found(lines, "<http://purl.org/dc/terms/isVersionOf>"))
    at = dict(_found(lines, "<http://www.w3.org/ns/prov#generatedAtTime>"))
    latest = {of[version]: version for version in sorted(of, key=at.__getitem__)}
    said = {}
    for practice_iri, version in latest.items():
        slug = practice_iri.rpartition("/")[2][:-1]
        own = [line for line in lines if line.startswith((version[:-1] + ">", version[:-1] + "#"))]
        kept = [line for line in own if not any(name in line for name in _OF_VERSIONS)]
        if not any("activitystreams#Delete" in line for line in own):
            text = "".join(kept).replace(version[:-1] + "#record>", f"<{BASE}/doc/practice/{slug}>")
            text = text.replace(version[:-1] + "#period>", f"<{BASE}/practice/{slug}#period>")
            said[slug] = "".join(sorted(text.replace(version, practice_iri).splitlines(keepends=True)))
    return said


_OF_VERSIONS = (
    "<http://purl.org/dc/terms/isVersionOf>",
    "<http://www.w3.org/ns/prov#generatedAtTime>",
    "<http://www.w3.org/ns/prov#wasGeneratedBy>",
    "<http://www.w3.org/2000/01/rdf-schema#comment>",
    "<https://www.w3.org/ns/activitystreams#",
)


def _found(lines: list[str], predicate: str) -> list[tuple[str, str]]:
    split = [line.split(" ", 2) for line in lines]
    return [(subject, rest[:-3]) for subject, name, rest in split if name == predicate]


def test_the_numbers_of_a_release_stand_in_its_history(tmp_path: Path) -> None:
    release(tmp_path, {"a": {}, "b": {"summary": "", "city": ""}}, DAYS[0])
    (made,) = release_history.built_releases(opened(tmp_path))

    assert made.counts["added"] == 2
    assert made.quality["practices"] == 2
    assert made.quality["present"]["summary"] == 1
    assert json.dumps(made.quality)
