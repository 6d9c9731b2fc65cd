import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import locations
import pytest
from axe import faults
from browsing import needs_chromium, watched
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running import Running

CASES = locations.CASES
PLANTED = CASES / "validation" / "planted.csv"
MESSY = CASES / "corrected" / "messy.csv"
DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]


@pytest.fixture
def context(browser: Browser, server: Running) -> Iterator[BrowserContext]:
    with watched(browser, f"http://127.0.0.1:{server.port}", "status of 400") as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def check(page: Page, path: Path) -> None:
    page.goto("/validate")
    page.get_by_label("Files", exact=True).set_input_files(str(path))
    page.get_by_role("button", name="Check the data").click()
    page.wait_for_url("**/validate/report/*")


def test_a_file_is_dropped_listed_with_its_size_taken_out_again_and_checked(page: Page) -> None:
    page.goto("/validate")
    for path in (PLANTED, MESSY):
        page.evaluate(DROP, [path.name, path.read_text(encoding="utf-8")])
    expect(page.get_by_text("planted.csv", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{PLANTED.stat().st_size:,} bytes")).to_be_visible()
    page.get_by_role("button", name="Remove: messy.csv").click()
    assert page.get_by_text("messy.csv").count() == 0
    page.get_by_role("button", name="Check the data").click()
    page.wait_for_url("**/validate/report/*")

    assert page.get_by_role("heading", level=1).text_content() == (
        "2 of 6 rows would be published. Please correct row 3, column country."
    )


def test_what_cannot_be_checked_is_told_without_leaving_the_page(page: Page) -> None:
    page.goto("/validate")
    page.get_by_role("button", name="Check the data").click()
    page.get_by_text("No file was sent.").wait_for()

    assert urlsplit(page.url).path == "/validate"
    assert page.get_by_role("button", name="Check the data").is_enabled()


def test_a_table_is_pasted_checked_looked_at_and_deleted_without_scripts(
    browser: Browser, server: Running
) -> None:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.port}", java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/validate")
    page.get_by_label("Or paste the content").fill("title\tcountry\nA walk\tItlay\n")
    page.get_by_role("button", name="Check the data").click()
    assert "Please correct row 2, column country." in (
        page.get_by_role("heading", level=1).text_content() or ""
    )
    page.get_by_role("link", name="By record").click()
    expect(page.get_by_role("heading", level=3, name="A walk")).to_be_visible()
    page.get_by_role("link", name="Warnings").click()
    assert page.get_by_role("link", name="By record").get_attribute("aria-current") == "true"
    assert "country" not in page.locator(".finding code").all_text_contents()
    page.get_by_role("button", name="Delete report and data").click()
    assert page.get_by_role("status").first.text_content() == "The report and your data have been deleted."
    page.go_back()
    context.close()


def test_a_corrected_copy_is_loaded_down_with_what_is_ticked(page: Page, tmp_path: Path) -> None:
    check(page, MESSY)
    page.get_by_role("checkbox", name="Multilingualizm").uncheck()
    page.get_by_role("checkbox", name="An open library").check()
    with page.expect_download() as loaded:
        page.get_by_role("button", name="Corrected copy of messy.csv").click()
    path = tmp_path / loaded.value.suggested_filename
    loaded.value.save_as(path)
    sheet = load_workbook(path)["messy"]

    assert path.name == "messy-corrected.xlsx"
    assert [sheet[name].value for name in ("B2", "D4", "E3", "E5")] == [
        "Italy",
        "2014-09",
        "Multilingualizm | Education",
        "Education",
    ]


def test_a_report_is_read_with_the_keyboard_alone(page: Page) -> None:
    check(page, PLANTED)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "By record":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**by=record**")

    expect(page.get_by_role("heading", level=3, name="A cooking club")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_fault_that_axe_finds(
    browser: Browser, server: Running, scheme: Literal["light", "dark"], axe: str
) -> None:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.port}", bypass_csp=True, locale="en-GB", color_scheme=scheme
    )
    page = context.new_page()
    check(page, PLANTED)
    address = page.url
    found = {}
    for path in ("/validate", address, f"{address}?by=record", "/rules", "/submit"):
        page.goto(path)
        found[path] = faults(page, axe)
    context.close()
    assert not any(found.values()), json.dumps(found, indent=1)


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_is_wider_than_a_small_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    check(page, PLANTED)
    widths = []
    for path in (page.url, f"{page.url}?by=record", "/validate", "/rules"):
        page.goto(path)
        widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert max(widths) <= width
