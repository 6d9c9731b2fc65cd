"""Service: what the requests of one app share, namely the current release and the bodies already rendered."""

from collections.abc import Callable

from flask import Flask, current_app, g

from endpoint.catalogue.open_release import Release, Releases
from endpoint.http.responses import Body, Key, RenderedBodies

_RELEASES = "practicegraph.releases"
_RENDERED = "practicegraph.rendered"


def install(extensions: dict[str, object], releases: Releases, rendered: RenderedBodies) -> None:
    """Give an app's extensions what its requests share."""
    extensions[_RELEASES] = releases
    extensions[_RENDERED] = rendered


def current_release() -> Release:
    """Return the release that answers this request, the same one from its beginning to its end."""
    if "release" not in g:
        g.release = releases_of(current_app).current()
    release: Release = g.release
    return release


def releases_of(app: Flask) -> Releases:
    """Return the releases that an app serves."""
    releases = app.extensions[_RELEASES]
    assert isinstance(releases, Releases)
    return releases


def rendered_bodies() -> RenderedBodies:
    """Return the bodies that this process has rendered."""
    bodies = current_app.extensions[_RENDERED]
    assert isinstance(bodies, RenderedBodies)
    return bodies


def rendered_body(key: Key, make: Callable[[], Body]) -> Body:
    """Return the body that was rendered under a key, or else make it and keep it."""
    bodies = rendered_bodies()
    body = bodies.get(key)
    if body is None:
        body = make()
        bodies.put(key, body)
    return body
