"""Host files: they give a web server or host the media types, the redirects and the page for unknown addresses."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from endpoint.http.document_formats import OFFERS
from endpoint.language.interface_languages import INTERFACE
from pipeline.system.data_files import filled_text

_TEMPLATES = {
    "htaccess": ".htaccess",
    "nginx": "nginx.conf.example",
    "caddy": "Caddyfile.example",
    "headers": "_headers",
    "redirects": "_redirects",
}
_LINES: dict[str, Callable[[str, str], str]] = {
    "htaccess": lambda pattern, form: f'SetEnvIfNoCase Accept "{pattern}" form={form}',
    "nginx": lambda pattern, form: f'    "~*{pattern}" {form};',
    "caddy": lambda pattern, form: f"\t\t`~(?i){pattern}` {form}",
}
"""Server → what maps an Accept header that matches a pattern to the suffix of a form."""

_RANGES = {"text/html": r"(?:text/html|text/\*|\*/\*)", "application/ld+json": r"application/(?:ld\+json|\*)"}
"""Media type → the ranges of full weight that it is the first to satisfy; other types are named by themselves."""

_WITHOUT_Q = r"\s*(?:;\s*(?:[^q,;\s][^,;]*|q=1(?:\.0*)?)\s*)*(?:,|$)"
_WITH_Q = r"\s*;[^,]*q=0?\.\d*[1-9]"


def write_host_files(base: str, folder: Path, page_not_found: str) -> None:
    """Write the configuration for the usual hosts, and the page for unknown addresses."""
    parts = urlsplit(base)
    values = {
        "root": parts.path,
        "pattern": re.escape(parts.path),
        "host": parts.netloc,
        "name": parts.hostname,
        "languages": "|".join(list(INTERFACE)[1:]),
    }
    for name, target in _TEMPLATES.items():
        accepted = "\n".join(_accept_lines(name)) if name in _LINES else ""
        text = filled_text(__package__, f"hosts/{name}.template", **values, accepted=accepted)
        (folder / target).write_text(text, encoding="utf-8")
    (folder / "404.html").write_text(page_not_found, encoding="utf-8", newline="")
    (folder / ".nojekyll").touch()


def _accept_lines(server: str) -> Iterator[str]:
    """Yield a server's lines for Accept headers, which choose as the site does: by weight, then by its order.

    Weights below 1 are not compared with one another: patterns cannot do that.
    """
    types = {offer.media_type: re.escape(offer.media_type) for offer in OFFERS}
    pairs = [
        (rf"(?:^|,)\s*{ranges[offer.media_type]}{weight}", offer.format)
        for ranges, weight in (({**types, **_RANGES}, _WITHOUT_Q), (types, _WITH_Q))
        for offer in OFFERS
    ]
    for pattern, form in reversed(pairs) if server == "htaccess" else pairs:
        yield _LINES[server](pattern, form)
