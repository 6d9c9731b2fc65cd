"""Warming: a web process makes a page of each sort before it takes part, so that no reader waits for its templates."""

from collections.abc import Iterator

from flask import Flask

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.service import releases_of


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
