import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

from endpoint.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def site(output: Path) -> Iterator[str]:
    server = create_server(create_app(output), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A context in which any console error and any request to another host fails the test."""
    context = browser.new_context(base_url=site)
    troubles: list[str] = []
    context.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on(
        "request",
        lambda request: (
            None if urlsplit(request.url).netloc == urlsplit(site).netloc else troubles.append(request.url)
        ),
    )
    yield context
    context.close()
    assert troubles == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_a_reader_searches_filters_opens_a_practice_and_resets(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("school")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("heading", level=2, name="1 practice found").is_visible()
    page.get_by_role("link", name="Reset filters").click()
    assert page.get_by_role("heading", level=2, name="4 practices").is_visible()
    page.get_by_role("checkbox", name="Germany").check()
    page.get_by_role("checkbox", name="Multilingualism").check()
    page.get_by_role("button", name="Show practices").click()
    assert "country=DEU" in page.url
    assert "topic=multilingualism" in page.url
    page.get_by_role("link", name="Eine Schule für alle").click()
    assert page.get_by_role("heading", level=1, name="Eine Schule für alle").is_visible()
    page.get_by_role("link", name="Germany").first.click()
    assert page.get_by_role("heading", level=1, name="Germany").is_visible()


def test_the_filters_open_and_close_on_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/practices")
    assert not page.get_by_role("checkbox", name="Germany").is_visible()
    page.get_by_role("link", name="Filter by topic, country or year").click()
    assert page.get_by_role("checkbox", name="Germany").is_visible()
    page.get_by_role("link", name="Close").click()
    assert not page.get_by_role("checkbox", name="Germany").is_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/practices?q=school&topic=education&country=DEU",
        "/practices?q=xyzzy&topic=nothing",
        "/doc/practice/meeting-neighbours-turin",
        "/doc/practice/a-script-in-a-title",
        "/doc/city/de-berlin-neukolln",
        "/country/DEU",
        "/topic/education",
        "/year/2019",
        "/ns",
        "/shapes",
        "/dataset",
        "/catalog",
        "/agent/council-of-europe",
    ],
)
def test_no_page_scrolls_sideways_at_320_pixels(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_no_script_of_a_record_runs(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    for path in ("/practices", "/doc/practice/a-script-in-a-title"):
        page.goto(path)
        assert page.locator("img").count() == 0


def test_the_keyboard_finds_the_content_first(page: Page) -> None:
    page.goto("/practices")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_dark_and_light_follow_the_reader(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/")
    backgrounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        backgrounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert backgrounds == ["rgb(252, 251, 248)", "rgb(21, 25, 29)"]


def test_a_practice_prints_without_the_furniture(page: Page) -> None:
    page.goto("/doc/practice/meeting-neighbours-turin")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.get_by_role("navigation", name="Site").is_visible()
    assert not page.get_by_role("link", name="JSON-LD").is_visible()
