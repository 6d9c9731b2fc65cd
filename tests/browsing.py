"""A browser for tests, pages that report their errors, and a server in a thread to look at."""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, sync_playwright
from waitress.server import create_server

from endpoint.app import create_app

_SHELL = Path(sys.prefix) / "chromium" / "usr" / "lib" / "chromium" / "chromium-headless-shell"
"""The browser without its windows, which the Makefile unpacks."""

_CHROMIUM = _SHELL if _SHELL.exists() else Path("/usr/bin/chromium")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

needs_chromium = pytest.mark.skipif(
    not _CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(_CHROMIUM), args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def serving(output: Path) -> Iterator[str]:
    """Serve an output folder from a thread of this process; yield the address."""
    server: Any = create_server(create_app(output), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@contextmanager
def elsewhere(page: str) -> Iterator[str]:
    """Serve one page of HTML from another site, which is another port; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join(timeout=5)


@contextmanager
def watched(browser: Browser, site: str, expected: str = "(?!)") -> Iterator[BrowserContext]:
    """Yield a context; an error, a dialog or a request to another host fails the test, but for messages expected."""
    context = browser.new_context(base_url=site, locale="en-GB")
    troubles: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    context.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("dialog", dismiss)
    context.on(
        "request",
        lambda request: (
            None if urlsplit(request.url).netloc == urlsplit(site).netloc else troubles.append(request.url)
        ),
    )
    yield context
    context.close()
    assert [trouble for trouble in troubles if not re.search(expected, trouble)] == []
