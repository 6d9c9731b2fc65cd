import re
import threading
from collections.abc import Iterator
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import urlopen

import pytest
from browsing import needs_chromium
from click.testing import CliRunner
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from pyoxigraph import RdfFormat, parse
from samples import BASE

from endpoint.assets.browser_store.store_files import has_browser_store
from endpoint.static_site.exported_addresses import Address, file_name, is_exported, read_link
from pipeline.cli.group import main

pytestmark = pytest.mark.thorough

FORMATS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
LINK = re.compile(
    r'\s(?:href|src|(?:form)?action|data-(?:index|local|dump|terms|editor|load|suggest))="([^"]*)"'
)
LOADED = re.compile(r'(?:\ssrc|<link rel="(?:stylesheet|icon)"[^>]*\shref)="([^"]*)"')
"""What a browser loads with a page."""

DATES = {
    "9-10 June 2016": "2016-06-09 – 2016-06-10",
    "mars 2018": "2018-03",
    "2014–2016": "2014 – 2016",
    "2016-2014": "The end is before the beginning",
    "30 February 2020": "only plain dates",
    "2019-20": "only plain dates",
    "2018 or 2019": "only plain dates",
}
"""What the form of an export says of a date; what it may misread is left to the full check."""


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["export", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def site(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "host" / "practices"
    code, text = run("--release", output, "--to", folder, "--jobs", "1")
    assert code == 0, text
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Return where a plain file server has the site, in a subfolder."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/practices/"
        server.shutdown()
        thread.join()


def test_no_link_of_the_pages_is_broken(site: Path, address: str) -> None:
    broken, seen, waiting = [], {address}, [(address, "")]
    while waiting:
        at, page = waiting.pop()
        file = site / (urlsplit(at).path.removeprefix("/practices/") or "index.html")
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            broken.append((at, page))
        elif file.suffix == ".html":
            text = file.read_text(encoding="utf-8")
            assert all(link.startswith((BASE, "data:")) for link in LOADED.findall(text) if ":" in link), file
            for link in LINK.findall(text):
                target = urldefrag(urljoin(at, unescape(link)))[0].partition("?")[0]
                target = target.replace(f"{BASE}/", address)
                if target.startswith(address.partition("/practices")[0]) and target not in seen:
                    seen.add(target)
                    waiting.append((target, at))
    assert broken == []
    assert len(seen) > 100
    with urlopen(f"{address}doc/practice/") as listing:
        assert listing.status == 200


def test_documents_say_the_same_as_those_of_the_server(site: Path, client: FlaskClient) -> None:
    documents = {path for path in site.rglob("*.ttl") if path.with_suffix(".nt").is_file()}
    documents -= {site / "sparql.ttl"}  # the server of this test has no endpoint
    assert len(documents) > 20
    for document in documents:
        for suffix, form in FORMATS.items():
            file = document.with_suffix(f".{suffix}")
            parts = str(file.relative_to(site)).removesuffix(f".{suffix}").split("/")
            query = dict(part.split("-") for part in parts if part.startswith(("page-", "kind-", "release-")))
            path = "/".join(part for part in parts if part.split("-")[0] not in query)
            served = client.get(f"/{path}.{suffix}", query_string=query).data
            here = file.read_bytes()
            assert here == served or set(parse(here, format=form)) == set(parse(served, format=form)), file


def test_the_same_release_gives_the_same_bytes_with_any_number_of_processes(
    site: Path, output: Path, tmp_path: Path
) -> None:
    assert run("--release", output, "--to", tmp_path / "again", "--jobs", "2")[0] == 0
    sums = (site / "SHA256SUMS").read_text(encoding="utf-8")
    assert (tmp_path / "again" / "SHA256SUMS").read_text(encoding="utf-8") == sums


def test_another_export_leaves_other_files_alone_and_refuses_to_overwrite_them(
    output: Path, site: Path, tmp_path: Path
) -> None:
    (tmp_path / "CNAME").write_text("example.org")
    (tmp_path / "index.html").write_text("mine")
    code, text = run("--release", output, "--to", tmp_path)
    assert code == 2
    assert "has a file index.html that no export wrote" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CNAME", "index.html"]


def test_a_release_for_another_base_is_refused(output: Path, tmp_path: Path) -> None:
    code, text = run("--release", output, "--to", tmp_path / "site", "--base-iri", "https://example.org/x/")
    assert code == 2
    assert f"built for {BASE}" in text
    assert "practicegraph build SOURCE... --base-iri https://example.org/x" in text


@needs_chromium
def test_the_list_searches_and_filters_in_the_browser(address: str, browser: Browser) -> None:
    page = browser.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{address}fr/practices.html")
    everything = page.locator(".cards .card").count()
    title = page.locator(".cards .card h3").first.inner_text()
    page.fill("#q", max(title.split(), key=len))
    page.press("#q", "Enter")
    page.wait_for_selector(".chosen")
    assert title in page.locator(".cards .card h3").all_inner_texts()
    page.goto(f"{address}practices.html")
    box = page.locator("input[name=topic]").first
    count = int(box.locator("xpath=..").locator(".count").inner_text())
    box.check()
    page.wait_for_selector(".chosen")
    assert page.locator(".cards .card").count() == min(count, everything)
    assert all(url.startswith(address) for url in requested)
    page.close()


@needs_chromium
def test_a_search_is_suggested_and_a_shortlist_compared_in_the_browser(
    address: str, browser: Browser
) -> None:
    page = browser.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{address}fr/practices.html")
    boxes = page.locator("input[form=shortlist]")
    slugs = [boxes.nth(number).get_attribute("value") for number in (0, 1)]
    titles = page.locator(".cards .card h3").all_inner_texts()[:2]
    page.locator("#q").press_sequentially(titles[0][:12].lower())
    page.wait_for_selector("[role=option]")
    option = page.locator("[role=option]", has_text=titles[0])
    assert option.get_attribute("data-href") == f"{address}fr/doc/practice/{slugs[0]}.html"
    for number in (0, 1):
        boxes.nth(number).check()
    page.locator("a[data-shortlist]").first.click()
    page.locator(".cards [data-move='1']").first.click()
    titles.reverse()
    assert page.locator(".cards .card h3").all_inner_texts() == titles
    page.locator("[data-compare]").click()
    page.wait_for_selector(".comparison table")
    assert page.locator(".comparison thead th").all_inner_texts() == titles
    rows = page.locator(".comparison tbody tr:not(.criterion)").all()
    assert {row.locator("td").count() for row in rows} == {2}
    assert all(url.startswith(address) for url in requested)
    page.close()


@needs_chromium
def test_the_form_is_checked_and_becomes_a_file_in_the_browser(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    page = browser.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{address}submit.html")
    page.get_by_role("button", name="Check", exact=True).click()
    assert page.locator("#problems a").all_inner_texts() == ["Country", "Title"]
    page.fill("[name=title]", 'A "library", for all')
    page.fill("[name=country]", "Italy")
    page.fill(
        "[name=summary]", "People of one street lend each other their tools and time.\nAnyone can join."
    )
    page.fill("[name=source_url]", "https://example.org/library")
    for text, answer in DATES.items():
        page.fill("[name=date]", text)
        page.get_by_role("button", name="Check", exact=True).click()
        assert answer in page.locator("#answer-date").inner_text(), text
    page.fill("[name=date]", "since 2016")
    page.get_by_role("button", name="Check", exact=True).click()
    assert page.locator(".verdict-line.good").is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "practice.csv")
    result = CliRunner().invoke(main, ["validate", str(tmp_path / "practice.csv")])
    assert result.exit_code == 0, result.output
    assert all(url.startswith((address, "blob:")) for url in requested)
    page.close()


@needs_chromium
@pytest.mark.skipif(not has_browser_store(), reason="the package was made without Oxigraph for the browser")
def test_every_example_query_runs_in_the_browser(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{address}sparql.html")
    links = [link.get_attribute("href") or "" for link in page.locator("a[data-example]").all()]
    assert len(links) >= 17
    for link in links:
        page.goto(urljoin(f"{address}sparql.html", link))
        page.wait_for_selector("#result > *")
        assert page.locator("#result .problem").count() == 0, link
    page.close()


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/en/topic/x", Address("/topic/x")),
        ("/fr", Address("/fr/")),
        ("/fr/doc/practice/x.ttl", Address("/doc/practice/x.ttl")),
        ("/practices?q=a", Address("/practices")),
        ("x.html?page=2#here", None),
        ("https://example.org/", None),
        ("http://[broken", None),
    ],
)
def test_links_are_read(link: str, expected: Address | None) -> None:
    read = read_link(link, "/", "http://localhost:8000")
    assert (read.address if read else None) == expected


@pytest.mark.parametrize(
    ("address", "media_type", "expected"),
    [
        (Address("/"), "text/html", "index.html"),
        (Address("/fr/"), "text/html", "fr/index.html"),
        (Address("/topic/x.ttl", "page=2"), "text/turtle", "topic/x/page-2.ttl"),
        (Address("/source/list.csv"), "text/html", "source/list.csv.html"),
        (Address("/template.csv", "lang=fr"), "text/csv", "template-fr.csv"),
        (Address("/a/../../b"), "text/html", "a/b.html"),
    ],
)
def test_files_are_named(address: Address, media_type: str, expected: str) -> None:
    assert file_name(address, media_type) == expected


def test_names_are_never_too_long_for_a_file() -> None:
    name = file_name(Address("/source/" + "é" * 300 + ".csv"), "text/html")
    assert all(len(part.encode()) <= 255 for part in name.split("/"))
    assert not is_exported(Address("/changes", "kind=added&release=x&page=2"))
