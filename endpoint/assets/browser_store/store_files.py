"""The files of Oxigraph for the browser, and whether they are there."""

from pathlib import Path

BROWSER_STORE = Path(__file__).parents[2] / "static" / "oxigraph"
"""Where ``python -m endpoint.assets.browser_store.build_store`` puts them."""

STORE_FILES = ("web.js", "web_bg.wasm")


def has_browser_store() -> bool:
    """Return whether the package was made with Oxigraph for the browser."""
    return all((BROWSER_STORE / name).is_file() for name in STORE_FILES)
