"""Host files: what tells a web server or host the media types, the redirects and the page for unknown addresses."""

from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

_TEMPLATES = {
    "htaccess": ".htaccess",
    "nginx": "nginx.conf.example",
    "caddy": "Caddyfile.example",
    "headers": "_headers",
    "redirects": "_redirects",
}


def write_host_files(base: str, folder: Path, page_not_found: str) -> None:
    """Write the configuration for the usual hosts, and the page for unknown addresses."""
    parts = urlsplit(base)
    values = {"root": parts.path, "host": parts.netloc}
    for name, target in _TEMPLATES.items():
        template = Template((files(__package__) / "hosts" / f"{name}.template").read_text(encoding="utf-8"))
        (folder / target).write_text(template.substitute(values), encoding="utf-8")
    (folder / "404.html").write_text(page_not_found, encoding="utf-8", newline="")
    (folder / ".nojekyll").touch()
