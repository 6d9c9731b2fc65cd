"""The checker axe-core, and what it finds on a page."""

from node_packages import installed
from playwright.sync_api import Page

VERSION = "4.14.1"
_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def faults(page: Page, script: str) -> list[tuple[str, str, str]]:
    """Return what axe finds on a page: rule, element and what to do, two elements for each rule at most."""
    page.evaluate(script)
    result = page.evaluate("options => axe.run(document, options)", _OPTIONS)
    return [
        (violation["id"], node["html"][:200], node["failureSummary"][:300])
        for violation in result["violations"]
        for node in violation["nodes"][:2]
    ]


def read_axe() -> str:
    """Return the script; skip the test where npm cannot install it."""
    path = installed(f"axe-core@{VERSION}") / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")
