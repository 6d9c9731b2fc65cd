import gzip
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from samples import PRACTICES, build_release

from endpoint.app import create_app
from endpoint.catalogue.open_release import Releases
from endpoint.http.responses import RenderedBodies, make_body
from pipeline.model.errors import EnvironmentFault

EVERY_STATUS = {
    "/": 200,
    "/doc/practice/meeting-neighbours-turin": 200,
    "/context/v1.jsonld": 200,
    "/static/site.css": 200,
    "/favicon.ico": 301,
    "/doc/practice/joined": 301,
    "/practice/meeting-neighbours-turin": 303,
    "/nothing": 404,
    "/static/nothing.css": 404,
    "/doc/practice/an-old-one": 410,
}


@pytest.mark.parametrize(("path", "status"), EVERY_STATUS.items())
def test_every_answer_keeps_browsers_safe_and_may_be_read_by_any_program(
    client: FlaskClient, path: str, status: int
) -> None:
    with client.get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == status
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Server" not in headers


def test_an_internal_error_is_safe_too_and_tells_nothing(
    output: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(output)
    app.add_url_rule("/broken", view_func=lambda: 1 // 0, endpoint="broken")
    with caplog.at_level(logging.ERROR):
        response = app.test_client().get("/broken", headers={"Accept": "text/html"})
    assert response.status_code == 500
    assert "ZeroDivision" not in response.text
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "ZeroDivisionError" in caplog.text


def test_a_request_cannot_write_lines_into_the_log(output: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(output)
    app.add_url_rule("/broken/<name>", view_func=lambda name: 1 // 0, endpoint="broken")
    with caplog.at_level(logging.ERROR):
        app.test_client().get("/broken/x%0aFATAL%1b[31m all is lost")
    assert "Exception on /broken/x\\x0aFATAL\\x1b[31m" in caplog.messages[0]
    assert not any("\n" in message or "\x1b" in message for message in caplog.messages)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/doc/practice/meeting-neighbours-turin", {"GET", "HEAD", "OPTIONS"}),
        ("/practices.ttl", {"GET", "HEAD", "OPTIONS"}),
        ("/validate", {"GET", "HEAD", "POST", "OPTIONS"}),
    ],
)
def test_scripts_of_other_sites_may_send_the_headers_that_they_ask_for(
    client: FlaskClient, path: str, methods: set[str]
) -> None:
    asked = "authorization, if-none-match, range, traceparent, x-requested-with"
    response = client.options(
        path, headers={"Origin": "https://example.org", "Access-Control-Request-Headers": asked}
    )
    assert response.status_code in (200, 204)
    assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == methods
    assert set(asked.split(", ")) <= set(response.headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert "Access-Control-Request-Headers" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/problem+json", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain"),
        ("image/png", "application/problem+json"),
        ("text/turtle", "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("", "application/problem+json"),
    ],
)
def test_an_error_comes_in_the_form_the_client_reads(
    client: FlaskClient, accept: str, media_type: str
) -> None:
    response = client.get("/doc/practice/nothing", headers={"Accept": accept})
    assert response.status_code == 404
    assert response.mimetype == media_type
    assert "Accept" in response.vary


def test_what_cannot_be_done_to_a_page_is_said_with_what_can(client: FlaskClient) -> None:
    response = client.post("/practices")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_client_that_reads_gzip_gets_less_to_carry(client: FlaskClient) -> None:
    plain = client.get("/practices")
    packed = client.get("/practices", headers={"Accept-Encoding": "gzip, deflate"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert client.get("/practices", headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data
    problem = client.get("/nothing", headers={"Accept-Encoding": "gzip"})
    assert (problem.mimetype, problem.content_encoding) == ("application/problem+json", "gzip")
    assert len(problem.data) < len(gzip.decompress(problem.data)) < 300


@pytest.mark.parametrize(
    "path", ["/validate", "/rules", "/practices?colour=red", "/doc/practice/nothing", "/fr/sparql"]
)
def test_pages_made_for_one_request_are_compressed_too(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept": "text/html"})
    packed = client.get(path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert "Accept-Encoding" in plain.vary
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2


def test_a_dump_is_sent_whole_or_in_part_and_only_when_it_is_new(client: FlaskClient, output: Path) -> None:
    content = (output / "current" / "dataset.nt.gz").read_bytes()
    with client.get("/dumps/dataset.nt.gz", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.data == content
        assert response.mimetype == "application/gzip"
        assert "Content-Encoding" not in response.headers
        tag = response.headers["ETag"]
    with client.get("/dumps/dataset.nt.gz", headers={"Range": "bytes=2-9"}) as part:
        assert (part.status_code, part.data) == (206, content[2:10])
    with client.get("/dumps/dataset.nt.gz", headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304
    with client.get("/dumps/dataset.nt.gz", headers={"Range": "bytes=99999999-"}) as beyond:
        assert beyond.status_code == 416


@pytest.mark.parametrize("name", ["ledger.csv", "rows.jsonl.gz", "index.sqlite", "store", "nothing.ttl"])
def test_what_is_not_for_the_public_is_not_a_dump(client: FlaskClient, name: str) -> None:
    assert client.get(f"/dumps/{name}").status_code == 404


def test_the_context_may_be_kept_for_good(client: FlaskClient) -> None:
    response = client.get("/context/v1.jsonld")
    assert response.mimetype == "application/ld+json"
    assert "@context" in response.json
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["ETag"]


def test_the_style_sheet_may_be_kept_by_its_hash(client: FlaskClient) -> None:
    page = client.get("/").text
    path = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    with client.get(path) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]


def test_crawlers_are_kept_from_queries_and_let_in_to_pages(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /sparql" in text
    assert "Disallow: /\n" not in text


def test_health_names_the_release_and_is_never_stored(client: FlaskClient, output: Path) -> None:
    response = client.get("/healthz")
    assert response.text == f"ok {(output / 'current').resolve().name}\n"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_new_release_is_served_without_a_restart(
    new_release: Callable[[int], Path], tmp_path: Path
) -> None:
    new_release(2)
    client = create_app(tmp_path, look_every=0).test_client()
    path = "/doc/practice/a-national-practice"
    before = client.get("/")
    assert client.get(path).status_code == 404
    new_release(3)
    assert client.get(path).status_code == 200
    assert client.get("/").headers["ETag"] != before.headers["ETag"]
    assert (
        "This site has 3 good practices; the catalogue of the Intercultural Cities programme has 363."
        in client.get("/").text
    )


def test_a_switch_is_looked_for_now_and_then_only(new_release: Callable[[int], Path], tmp_path: Path) -> None:
    new_release(2)
    client = create_app(tmp_path, look_every=3600).test_client()
    new_release(3)
    assert client.get("/doc/practice/a-national-practice").status_code == 404


def test_a_damaged_release_leaves_the_old_one_in_service(
    new_release: Callable[[int], Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    new_release(2)
    client = create_app(tmp_path, look_every=0).test_client()
    folder = new_release(3)
    (folder / "manifest.json").write_text("{")
    assert client.get("/doc/practice/meeting-neighbours-turin").status_code == 200
    assert "stays in service" in caplog.text


def test_an_old_release_is_answered_with_until_its_requests_end(
    new_release: Callable[[int], Path], tmp_path: Path
) -> None:
    new_release(2)
    releases = Releases(tmp_path, look_every=0)
    old = releases.current()
    new_release(3)
    assert releases.current() is not old
    assert [row["practices"] for row in old.index.rows("counts")] == [2]


@pytest.mark.parametrize("damage", ["manifest.json", "index.sqlite", "store"])
def test_what_is_no_release_is_refused_with_a_sentence(
    new_release: Callable[[int], Path], tmp_path: Path, damage: str
) -> None:
    path = new_release(1) / damage
    path.rename(path.with_name("away"))
    with pytest.raises(EnvironmentFault, match=r"practicegraph (build|verify)"):
        create_app(tmp_path)


def test_an_empty_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="practicegraph build"):
        create_app(tmp_path)


def test_a_base_iri_with_a_path_answers_there_and_links_there(tmp_path: Path) -> None:
    build_release(tmp_path, PRACTICES, base="https://data.example.org/icp")
    client = create_app(tmp_path).test_client()
    for path in ("/icp/country/DEU", "/country/DEU"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert 'href="/icp/doc/city/de-berlin"' in page
        assert 'href="/icp/static/site.css' in page
        assert 'href="/doc/city/' not in page
    assert client.get("/icp/practice/meeting-neighbours-turin").location.startswith("/icp/doc/")
    assert client.get("/icp").status_code == 200
    assert client.get("/icpx").status_code == 404
    document = client.get("/icp/country/DEU.jsonld")
    assert document.json["@context"] == "https://data.example.org/icp/context/v1.jsonld"
    assert document.headers["Content-Location"] == "/icp/country/DEU.jsonld"


def test_rendered_pages_are_kept_within_their_bytes() -> None:
    kept = RenderedBodies(5_000)
    for number in range(100):
        kept.put((str(number),), make_body(b"x" * 900))
    assert kept.get(("99",)) is not None
    assert kept.get(("0",)) is None
    assert sum(kept.get((str(number),)) is not None for number in range(100)) == 3
