"""Warming: the server makes what all web processes need before it forks them, each of them then a page of each sort."""

from collections.abc import Iterator

from flask import Flask

from endpoint.app import compile_templates
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.service import releases_of
from endpoint.site.start_page import draw_land

_TEMPLATES = ("base.html", "list_head.html", "macros.html", "practice.html", "practices.html", "start.html")
"""Those of the pages that people open first."""


def prepare() -> None:
    """Compile the templates of these pages and draw the small map, for all processes that are forked from this one."""
    compile_templates(*_TEMPLATES)
    draw_land()


def warm_up(app: Flask) -> None:
    """Make the pages that people open first: the start, the list, a practice. Nothing is counted or logged."""
    client = app.test_client()
    for path in _paths(releases_of(app).current()):
        client.get(path, headers={"Accept": "text/html"})


def _paths(release: Release) -> Iterator[str]:
    yield "/"
    yield "/practices"
    yield "/practices?q=school+since+2018"
    for _, slug in release.index.rows("slugs", positions=positions_as_json([1])):
        yield f"/doc/practice/{slug}.html"
