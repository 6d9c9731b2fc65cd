import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe import faults
from browsing import elsewhere, needs_chromium, serving, watched
from playwright.sync_api import Browser, BrowserContext, Page, expect
from samples import BASE, PRACTICES, build_release
from waitress.server import create_server

from endpoint.app import create_app
from endpoint.site import shortlist

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]


@pytest.fixture(scope="module")
def site(output: Path) -> Iterator[str]:
    with serving(output) as address:
        yield address


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    with watched(browser, site) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_a_reader_searches_filters_opens_a_practice_and_resets(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Search").fill("school")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=2, name="1 practice found")).to_be_visible()
    page.get_by_role("link", name="Reset filters").click()
    expect(page.get_by_role("heading", level=2, name="4 practices")).to_be_visible()
    page.get_by_role("checkbox", name="Germany").check()
    page.wait_for_url("**/practices?country=DEU")
    page.get_by_role("checkbox", name="Multilingualism").check()
    page.wait_for_url("**topic=multilingualism**")
    assert "country=DEU" in page.url
    page.get_by_role("link", name="Eine Schule für alle").click()
    expect(page.get_by_role("heading", level=1, name="Eine Schule für alle")).to_be_visible()
    page.get_by_role("link", name="Back to the results").click()
    assert page.get_by_role("checkbox", name="Multilingualism").is_checked()
    page.get_by_role("link", name="Eine Schule für alle").click()
    page.get_by_role("link", name="Germany").first.click()
    expect(page.get_by_role("heading", level=1, name="Germany")).to_be_visible()


def test_what_is_typed_is_completed_and_chosen_with_the_keyboard(page: Page) -> None:
    page.goto("/practices")
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("neuk")
    option = page.get_by_role("listbox").get_by_role("option").first
    expect(option).to_contain_text("Neukölln")
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press("k")
    field.press("Backspace")
    expect(option).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/city/de-berlin-neukolln*")


def test_filters_apply_at_once_and_keep_the_focus(page: Page) -> None:
    page.goto("/practices")
    page.get_by_role("checkbox", name="Germany").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/practices?country=DEU")
    expect(page.get_by_role("heading", level=2, name="2 practices found")).to_be_visible()
    assert page.evaluate("document.activeElement.value") == "DEU"
    assert page.get_by_role("status").text_content() == "2 practices found"
    assert page.get_by_role("link", name="Français").get_attribute("href") == "/fr/practices?country=DEU"
    page.go_back()
    page.wait_for_url("**/practices")
    page.get_by_role("heading", level=2, name="4 practices", exact=True).wait_for()


def test_everything_works_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/practices")
    page.get_by_role("checkbox", name="Germany").check()
    page.get_by_role("button", name="Show practices").click()
    expect(page.get_by_role("heading", level=2, name="2 practices found")).to_be_visible()
    page.get_by_role("checkbox", name="Shortlist Eine Schule").check()
    page.get_by_role("button", name="Open shortlist").click()
    expect(page.get_by_role("heading", level=2, name="Eine Schule für alle")).to_be_visible()
    page.goto("/shortlist?ids=eine-schule-fuer-alle,a-national-practice")
    page.get_by_role("button", name="Move down: Eine Schule").click()
    page.wait_for_url("**/shortlist?ids=a-national-practice%2Ceine-schule-fuer-alle")
    page.get_by_role("button", name="Remove A national practice").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto("/doc/practice/eine-schule-fuer-alle")
    assert not page.get_by_role("button", name="Print").is_visible()
    context.close()


def test_a_shortlist_is_gathered_from_pages_and_shared_by_its_address(page: Page) -> None:
    page.goto("/doc/practice/meeting-neighbours-turin")
    page.get_by_role("button", name="Add to shortlist").click()
    assert page.get_by_role("button", name="On the shortlist").get_attribute("aria-pressed") == "true"
    page.goto("/practices")
    assert page.get_by_role("checkbox", name="Shortlist Meeting neighbours").is_checked()
    page.get_by_role("checkbox", name="Shortlist A national practice").check()
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Shortlist").click()
    assert page.url.endswith("/shortlist?ids=meeting-neighbours-turin,a-national-practice")
    assert page.get_by_role("article").count() == 2
    page.get_by_role("button", name="Clear shortlist").click()
    expect(page.get_by_text("Your shortlist is empty")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("article")).to_have_count(2)
    assert shortlist_of(page) == ["meeting-neighbours-turin", "a-national-practice"]


def shortlist_of(page: Page) -> list[str]:
    found: list[str] = page.evaluate("JSON.parse(localStorage.getItem('shortlist') ?? '[]')")
    return found


def open_shortlist(page: Page, *slugs: str) -> None:
    page.goto("/practices")
    page.evaluate("slugs => localStorage.setItem('shortlist', JSON.stringify(slugs))", list(slugs))
    page.reload()
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Shortlist").click()


def test_a_shortlist_is_put_in_order_with_the_keyboard_and_nothing_is_lost(page: Page) -> None:
    open_shortlist(page, "meeting-neighbours-turin", "a-national-practice", "eine-schule-fuer-alle")
    expect(page.get_by_role("link", name="Shortlist 3")).to_be_visible()
    page.get_by_role("button", name="Move down: Meeting neighbours").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to place 2 of 3.")).to_be_visible()
    expect(page.get_by_role("button", name="Move down: Meeting neighbours")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to place 3 of 3.")).to_be_visible()
    expect(page.get_by_role("button", name="Move up: Meeting neighbours")).to_be_focused()
    moved = ["a-national-practice", "eine-schule-fuer-alle", "meeting-neighbours-turin"]
    assert shortlist_of(page) == moved
    page.get_by_role("button", name="Remove A national practice").click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(3)
    assert shortlist_of(page) == moved
    assert page.url.endswith(f"?ids={','.join(moved)}")
    expect(page.get_by_label("Link to this page")).to_have_value(
        f"http://localhost:8000/shortlist?ids={','.join(moved)}"
    )


def test_a_shared_list_changes_ones_own_only_when_asked(page: Page) -> None:
    open_shortlist(page, "meeting-neighbours-turin")
    page.goto("/shortlist?ids=a-national-practice,meeting-neighbours-turin,no-such-one")
    expect(page.get_by_role("region", name="Shared list")).to_be_visible()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    assert shortlist_of(page) == ["meeting-neighbours-turin"]
    page.get_by_role("button", name="Add these to my list").click()
    expect(page.get_by_role("region", name="Shared list")).to_be_hidden()
    assert shortlist_of(page) == ["meeting-neighbours-turin", "a-national-practice"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Shared list")).to_be_visible()
    assert shortlist_of(page) == ["meeting-neighbours-turin"]
    page.get_by_role("button", name="Replace my list").click()
    expect(page.get_by_text("Your shortlist was replaced.")).to_be_visible()
    assert shortlist_of(page) == ["a-national-practice", "meeting-neighbours-turin"]


def test_a_shortlist_is_bounded_and_what_is_stored_is_not_trusted(page: Page) -> None:
    full = [f"practice-{number}" for number in range(shortlist.MOST)]
    page.goto("/practices")
    page.evaluate(
        "slugs => localStorage.setItem('shortlist', JSON.stringify(slugs))", [{}, "<b>", "a,b", *full, "more"]
    )
    page.reload()
    expect(page.get_by_role("link", name=f"Shortlist {shortlist.MOST}")).to_be_visible()
    page.get_by_role("checkbox", name="Shortlist A national practice").click()
    expect(page.get_by_text(f"It can have up to {shortlist.MOST} practices.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Shortlist A national practice")).not_to_be_checked()


def test_practices_are_compared_side_by_side_without_scripts_on_a_phone(browser: Browser, site: str) -> None:
    context = browser.new_context(
        base_url=site, java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 700}
    )
    page = context.new_page()
    page.goto("/shortlist?ids=meeting-neighbours-turin,a-national-practice,eine-schule-fuer-alle")
    page.get_by_role("checkbox", name="Compare A national practice").uncheck()
    page.get_by_role("button", name="Compare side by side").click()
    table = page.get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts() == [
        "Meeting neighbours",
        "Eine Schule für alle",
    ]
    assert "Bring people together." in table.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert table.evaluate("table => table.clientWidth <= table.parentElement.clientWidth")
    page.goto("/compare?ids=a,b,c,d,meeting-neighbours-turin")
    expect(page.get_by_text("Up to 4 practices can be compared.")).to_be_visible()
    expect(page.get_by_text("No longer available:")).to_be_visible()
    context.close()


def test_the_language_is_switched_and_kept_from_page_to_page(page: Page) -> None:
    page.goto("/doc/practice/meeting-neighbours-turin")
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1, name="À la rencontre des voisins")).to_be_visible()
    page.get_by_role("link", name="Italie").first.click()
    assert page.url.endswith("/fr/country/ITA")
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1, name="Italy")).to_be_visible()


def test_the_size_of_the_text_is_kept(page: Page) -> None:
    page.goto("/doc/practice/meeting-neighbours-turin")
    before = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.get_by_role("button", name="Larger text").click()
    larger = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert float(larger.removesuffix("px")) > float(before.removesuffix("px"))
    page.goto("/practices")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == larger


@pytest.mark.parametrize("path", ["/practices", "/doc/practice/meeting-neighbours-turin", "/explore"])
def test_nothing_moves_while_a_page_loads(page: Page, path: str) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => {"
        " for (const entry of list.getEntries()) window.moved += entry.value;"
        "}).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(path, wait_until="networkidle")
    assert page.evaluate("window.moved") < 0.01


def test_the_map_is_walked_with_the_keyboard(page: Page) -> None:
    page.goto("/explore")
    link = page.get_by_role("link", name="Turin: 1 practice")
    link.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/city/it-turin")


def test_what_has_the_focus_is_seen(page: Page) -> None:
    page.goto("/practices")
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        assert style[0] != "none"
        assert style[1] >= 2


def test_the_filters_open_and_close_on_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/practices")
    assert not page.get_by_role("checkbox", name="Germany").is_visible()
    page.get_by_role("link", name="Filter by topic, country or year").click()
    expect(page.get_by_role("checkbox", name="Germany")).to_be_visible()
    page.get_by_role("link", name="Close").click()
    assert not page.get_by_role("checkbox", name="Germany").is_visible()


PAGES = (
    "/",
    "/practices?q=school&topic=education&country=DEU",
    "/practices?q=xyzzy&topic=nothing",
    "/doc/practice/meeting-neighbours-turin",
    "/doc/practice/a-script-in-a-title",
    "/similar/meeting-neighbours-turin",
    "/doc/city/de-berlin-neukolln",
    "/doc/city/it-turin",
    "/country/DEU",
    "/topic/education",
    "/year/2019",
    "/explore",
    "/about",
    "/explore/years/embed",
    "/explore/europe/embed",
    "/explore/topics/embed",
    "/practices?missing=date&title_language=en",
    "/shortlist",
    "/shortlist?ids=meeting-neighbours-turin,a-script-in-a-title",
    "/compare?ids=meeting-neighbours-turin,a-script-in-a-title,a-national-practice",
    "/submit",
    "/ns",
    "/shapes",
    "/dataset",
    "/catalog",
    "/agent/council-of-europe",
    "/fr/",
    "/fr/practices",
    "/fr/doc/practice/meeting-neighbours-turin",
    "/fr/explore",
    "/fr/about",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_accessible(context: BrowserContext, axe: str, scheme: str) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = []
    for path in PAGES if scheme == "light" else PAGES[:17]:
        page.goto(path)
        found += [(path, *fault) for fault in faults(page, axe)]
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("path", PAGES)
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


def test_a_page_prints_light_for_a_reader_in_the_dark(page: Page) -> None:
    page.goto("/explore")
    page.emulate_media(color_scheme="dark", media="print")
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, ...['body', '.level-4', '.land', '.bar'].map(name =>"
        " { const part = document.querySelector(name); if (!part) return '';"
        " const style = getComputedStyle(part); return name === 'body' ? style.backgroundColor : style.fill; })]"
    )
    page.emulate_media(color_scheme="light", media="print")
    light = page.evaluate(
        "[getComputedStyle(document.body).color, ...['body', '.level-4', '.land', '.bar'].map(name =>"
        " { const part = document.querySelector(name); if (!part) return '';"
        " const style = getComputedStyle(part); return name === 'body' ? style.backgroundColor : style.fill; })]"
    )
    assert colours == light
    assert colours[:2] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_a_chart_is_downloaded_as_an_image_and_shown_on_another_site(
    page: Page, browser: Browser, site: str
) -> None:
    page.goto("/explore?country=DEU")
    page.get_by_text("Download or embed (Practices per year mentioned)").click()
    section = page.locator("details.files[open]")
    with page.expect_download() as download:
        section.get_by_role("link", name="PNG").click()
    assert download.value.suggested_filename == "years.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    code = section.locator("code").inner_text().replace(BASE, site)
    with elsewhere(f"<!doctype html><title>Elsewhere</title>{code}") as other:
        guest = browser.new_page()
        guest.goto(other)
        framed = guest.frame_locator("iframe")
        expect(framed.get_by_role("heading", name="Practices per year mentioned")).to_be_visible()
        expect(framed.get_by_text("Germany")).to_be_visible()
        expect(framed.locator("svg rect.bar")).not_to_have_count(0)
        guest.close()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_the_languages_stand_beside_the_name_and_the_menu_on_one_line(
    page: Page, language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/{language}/about")
    heights = page.evaluate(
        "['.brand', '.masthead .languages', '.masthead nav:not(.languages)']"
        ".map(name => { const box = document.querySelector(name).getBoundingClientRect();"
        " return [(box.top + box.bottom) / 2, box.height]; })"
    )
    (brand, _), (languages, _), (_, menu) = heights
    assert abs(brand - languages) < 6
    assert menu < 56


def test_a_practice_prints_without_the_furniture(page: Page) -> None:
    page.goto("/doc/practice/meeting-neighbours-turin")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not page.get_by_role("navigation", name="Site").is_visible()
    assert not page.get_by_role("link", name="JSON-LD").is_visible()
    page.goto("/practices?country=ITA")
    expect(page.locator(".chosen li").first).to_have_text("Italy", use_inner_text=True)
    assert not page.get_by_role("link", name="Reset filters").is_visible()


def has_font(language: str) -> bool:
    """Tell whether this machine has a font for a language; a page cannot bring one that large."""
    found = subprocess.run(["fc-list", f":lang={language}"], check=False, capture_output=True)
    return bool(found.stdout.strip())


def test_a_printed_page_holds_its_texts_in_every_script(browser: Browser, tmp_path: Path) -> None:
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    titles = (("en", "Neighbours"), ("ko", "좋은 이웃"), ("el", "Καλοί γείτονες"), ("uk", "Добрі сусіди"))
    build_release(tmp_path, [replace(PRACTICES[0], titles=titles)])
    server = create_server(create_app(tmp_path), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    page = browser.new_page(locale="en-GB")
    page.goto(f"http://127.0.0.1:{server.effective_port}/doc/practice/meeting-neighbours-turin")
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    page.close()
    server.close()
    thread.join(timeout=5)
    command = [pdftotext, "-layout", str(tmp_path / "page.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for language, title in titles:
        assert title in text or not has_font(language)
    assert "(https://www.coe.int/en/web/interculturalcities/-/" in text
    for furniture in ("JSON-LD", "Shortlist", "Français", "Skip to the content"):
        assert furniture not in text
    assert text.count("\f") <= 2
