"""The form for one practice on a phone: it is checked while somebody types, and the draft stays."""

import json
from collections.abc import Iterator

import pytest
from axe import faults
from browsing import needs_chromium
from playwright.sync_api import Browser, Page, expect
from running import Running

WORDS = {
    "en": ("Title", "Country", "City", "Date", "Turin, Italy", "2018–2020", "Ready:", "Clear form", "Undo"),
    "fr": (
        "Titre",
        "Pays",
        "Ville",
        "Date",
        "Turin, Italie",
        "2018–2020",
        "Prêt",
        "Vider le formulaire",
        "Annuler",
    ),
}

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
def phone(browser: Browser, server: Running) -> Iterator[Page]:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.port}",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        bypass_csp=True,
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)  # each waits for a check
    yield page
    context.close()
    expect.set_options(timeout=5_000)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_practice_is_typed_on_a_phone(phone: Page, language: str, axe: str) -> None:
    title, country, city, date, place, years, ready, clear, undo = WORDS[language]
    phone.goto(f"{'/fr' if language == 'fr' else ''}/submit")
    phone.get_by_label(title).press_sequentially("Living library")
    phone.get_by_label(country).press_sequentially("Itly")
    expect(phone.locator("#answer-country .told")).to_contain_text("Itly")
    expect(phone.get_by_label(country)).to_have_attribute("aria-invalid", "true")
    assert phone.locator("#answer-source_url .told").count() == 0, "nobody has come to this field yet"
    phone.get_by_label(country).press("Enter")
    expect(phone.locator("#problems")).to_be_focused()
    assert faults(phone, axe) == [], json.dumps(faults(phone, axe), indent=1)
    phone.locator("#problems a").click()
    expect(phone.get_by_label(country)).to_be_focused()
    phone.get_by_label(country).fill("Italy")
    phone.get_by_label(city).fill("Torino")
    phone.get_by_label(date).fill("2018 to 2020")
    expect(phone.locator("#answer-city b")).to_have_text(place)
    expect(phone.locator("#answer-date b")).to_have_text(years)
    expect(phone.locator(".verdict-line")).to_contain_text(ready)
    assert phone.locator("#problems .notice").count() == 0

    phone.reload()
    expect(phone.get_by_label(city)).to_have_value("Torino")
    phone.get_by_role("button", name=clear).click()
    expect(phone.get_by_label(city)).to_have_value("")
    phone.get_by_role("button", name=undo).click()
    expect(phone.get_by_label(city)).to_have_value("Torino")
    with phone.expect_download() as loaded:
        phone.get_by_role("button", name="CSV").click()
    assert loaded.value.suggested_filename == "practice.csv"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
