"""The checker axe-core, brought by npm into a folder of the test session."""

import shutil
import subprocess
from pathlib import Path

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


def fetch_axe(folder: Path) -> Path | None:
    """Return the script, None where npm cannot be run or cannot be reached."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = [
        npm,
        "install",
        f"axe-core@{VERSION}",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
        "--fetch-retries=0",
    ]
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=60, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return folder / "node_modules" / "axe-core" / "axe.min.js"
