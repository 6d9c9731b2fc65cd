"""Changes, histories and quality in a browser: reachable, readable at any width, and accessible."""

from collections.abc import Iterator

import pytest
from axe import faults
from browsing import needs_chromium, serving, watched
from edits import release
from playwright.sync_api import Browser, Page, expect

PAGES = (
    "/changes",
    "/changes?kind=merged",
    "/doc/practice/a/history",
    "/doc/practice/b/history",
    "/quality",
    "/ldes",
    "/ldes/latest",
    "/fr/changes",
    "/fr/quality",
    "/fr/doc/practice/b/history",
)
DAYS = [f"2026-03-{day:02d}T00:00:00Z" for day in range(1, 5)]

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    output = tmp_path_factory.mktemp("followed")
    long = " ".join(["Neighbours cook, talk and learn from each other in the houses of the city."] * 4)
    release(output, {"a": {}, "b": {}, "c": {}}, DAYS[0])
    release(output, {"a": {"title": "Mornings"}, "b": {"summary": long, "city": "Madrid"}, "c": {}}, DAYS[1])
    release(output, {"a": {"title": "Mornings"}, "b": {"summary": "", "city": "Madrid"}}, DAYS[2])
    release(output, {"b": {"summary": long, "date": "2018-2020"}}, DAYS[3], merged=[("a", "b")])
    with serving(output) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with watched(browser, site) as context:
        yield context.new_page()


def test_a_reader_comes_from_a_practice_to_what_changed_and_back(page: Page) -> None:
    page.goto("/doc/practice/b")
    page.get_by_role("link", name="All versions").click()
    expect(page.get_by_role("heading", level=1, name="Evenings b")).to_be_visible()
    assert page.get_by_role("row", name="city").first.locator("ins").text_content()
    page.get_by_role("link", name="Show this version").last.click()
    expect(page.get_by_text("This is an earlier version. The record has changed since.")).to_be_visible()
    page.get_by_role("contentinfo").get_by_role("link", name="Changes").click()
    page.get_by_role("navigation", name="Types of change").get_by_role("link", name="Withdrawn").click()
    expect(page.get_by_text("1 change", exact=True)).to_be_visible()
    page.get_by_role("contentinfo").get_by_role("link", name="Quality").click()
    page.get_by_text("The numbers").click()
    expect(page.get_by_role("columnheader", name="Summary, %")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_these_pages_are_accessible(page: Page, axe: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    found = []
    for path in PAGES if scheme == "light" else PAGES[:5]:
        page.goto(path)
        found += [(path, *fault) for fault in faults(page, axe)]
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("path", PAGES)
def test_none_of_them_scrolls_sideways_at_320_pixels(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_a_field_was_and_became_is_in_sight_at_320_pixels(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(next(path for path in PAGES if path.endswith("/history")))
    for cell in page.locator(".compared td").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    assert page.locator(".compared td").count() > 0
