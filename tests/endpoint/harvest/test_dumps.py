"""Dumps over HTTP: the latest and those of a version, whole and in part, and deleted releases."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from running import Running
from samples import PRACTICES, build_release

NAME = "dataset.ttl.gz"


@dataclass(frozen=True, slots=True)
class Dumps:
    server: Running
    older: Path
    newer: Path


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dumps]:
    """A server whose release has one before it."""
    output = tmp_path_factory.mktemp("dumped")
    older, newer = build_release(output, PRACTICES[:2]), build_release(output)
    with Running(output) as server:
        yield Dumps(server, older, newer)


def test_the_latest_and_the_versioned_addresses_give_the_same_file(dumps: Dumps) -> None:
    content = (dumps.newer / NAME).read_bytes()
    paths = (f"/dumps/{NAME}", f"/dumps/latest/{NAME}", f"/dumps/{dumps.newer.name}/{NAME}")
    replies = [dumps.server.send("GET", path) for path in paths]
    assert [reply.body for reply in replies] == [content] * 3
    assert {reply.headers["ETag"] for reply in replies} == {f'"{sha256(content).hexdigest()}"'}
    assert {reply.headers["Last-Modified"] for reply in replies} == {"Mon, 23 Nov 2026 12:00:00 GMT"}
    assert {reply.headers["Content-Disposition"] for reply in replies} == {f'attachment; filename="{NAME}"'}
    assert f'/dumps/{dumps.newer.name}/{NAME}>; rel="canonical"' in replies[0].headers["Link"]


def test_an_older_release_keeps_its_files_and_names_the_latest(dumps: Dumps) -> None:
    reply = dumps.server.send("GET", f"/dumps/{dumps.older.name}/{NAME}")
    assert reply.body == (dumps.older / NAME).read_bytes() != (dumps.newer / NAME).read_bytes()
    assert f'</dumps/{NAME}>; rel="latest-version"' in reply.headers["Link"]
    assert reply.headers["Cache-Control"] == "public, max-age=86400"


def test_a_part_is_sent_of_the_very_file_that_was_begun(dumps: Dumps) -> None:
    path, content = f"/dumps/{NAME}", (dumps.newer / NAME).read_bytes()
    tag = dumps.server.send("HEAD", path).headers["ETag"]
    ranged = {"Range": "bytes=100-"}
    part = dumps.server.send("GET", path, headers={**ranged, "If-Range": tag})
    assert (part.status, part.body) == (206, content[100:])
    assert part.headers["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    other = dumps.server.send("GET", path, headers={**ranged, "If-Range": f'"{"0" * 64}"'})
    assert (other.status, other.body) == (200, content)
    last = dumps.server.send("GET", path, headers={"Range": "bytes=-5"})
    assert (last.status, last.body) == (206, content[-5:])


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_that_there_is_not_is_refused_with_the_size(dumps: Dumps, asked: str) -> None:
    reply = dumps.server.send("GET", f"/dumps/{NAME}", headers={"Range": asked})
    assert reply.status == 416
    assert reply.headers["Content-Range"] == f"bytes */{(dumps.newer / NAME).stat().st_size}"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=5-2", "bytes=x", "bytes=0-1,4-5", "bytes"])
def test_a_range_that_is_not_understood_is_no_failure(dumps: Dumps, asked: str) -> None:
    reply = dumps.server.send("GET", f"/dumps/{NAME}", headers={"Range": asked})
    assert reply.status in (200, 416)
    assert reply.status == 416 or reply.body == (dumps.newer / NAME).read_bytes()
    assert reply.status == 200 or asked.startswith("bytes")


def test_a_file_that_the_client_has_is_not_sent_again(dumps: Dumps) -> None:
    path = f"/dumps/{dumps.newer.name}/catalogue.csv"
    first = dumps.server.send("GET", path)
    assert first.type == "text/csv; charset=utf-8"
    again = dumps.server.send("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    since = dumps.server.send("GET", path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status == 304


def test_each_release_tells_the_checksums_of_its_own_files(dumps: Dumps) -> None:
    for address, release in (
        ("", dumps.newer),
        ("latest/", dumps.newer),
        (f"{dumps.older.name}/", dumps.older),
    ):
        reply = dumps.server.send("GET", f"/dumps/{address}SHA256SUMS")
        assert reply.type == "text/plain; charset=utf-8"
        told = dict(reversed(line.split("  ")) for line in reply.text.splitlines())
        assert told.keys() >= {NAME, "catalogue.csv", "manifest.json", "description.ttl"}
        assert told == {name: sha256((release / name).read_bytes()).hexdigest() for name in told}


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/0123456789abcdef/dataset.nt.gz",
        "/dumps/{version}/ledger.csv",
        "/dumps/{version}/rows.jsonl.gz",
        "/dumps/{version}/../../current",
        "/dumps/..%2f{version}/manifest.json",
        "/dumps/{version}%2fstore/CURRENT",
        "/dumps/*/manifest.json",
    ],
)
def test_nothing_else_can_be_had(dumps: Dumps, path: str) -> None:
    reply = dumps.server.send("GET", path.replace("{version}", dumps.newer.name))
    assert reply.status == 404


@pytest.mark.parametrize("path", ["/dumps", "/dumps/", "/dumps/latest"])
def test_the_folder_leads_to_the_page_that_lists_the_dumps(dumps: Dumps, path: str) -> None:
    reply = dumps.server.send("GET", path)
    assert (reply.status, reply.headers["Location"]) == (303, "/dataset")


def test_files_of_a_release_that_is_not_kept_are_gone(tmp_path: Path) -> None:
    older, newer = build_release(tmp_path, PRACTICES[:2]), build_release(tmp_path)
    for path in sorted(older.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    older.rmdir()
    with Running(tmp_path) as server:
        reply = server.send("GET", f"/dumps/{older.name}/{NAME}", headers={"Accept": "text/plain"})
        assert reply.status == 410
        assert f"/dumps/{NAME}" in reply.text
        assert server.send("GET", f"/dumps/{newer.name}/{NAME}").status == 200


def test_a_damaged_older_release_is_no_failure(tmp_path: Path) -> None:
    older, _ = build_release(tmp_path, PRACTICES[:2]), build_release(tmp_path)
    for content in ("{", json.dumps({"format": 99}), ""):
        (older / "manifest.json").write_text(content, encoding="utf-8")
        with Running(tmp_path) as server:
            reply = server.send("GET", f"/dumps/{older.name}/{NAME}", headers={"Accept": "text/plain"})
            assert reply.status == 404
            assert server.send("GET", f"/dumps/{NAME}").status == 200
