"""About: what linked data gives to readers who do not program, and where to go next."""

from flask import Blueprint, Response, render_template

from endpoint.catalogue.service import current_release, rendered_body
from endpoint.http.document_formats import HTML
from endpoint.http.responses import Body, make_body, respond
from endpoint.language.interface_languages import variant

about = Blueprint("about", __name__)


@about.get("/about")
def show() -> Response:
    """Show what this site is."""
    release = current_release()
    key = (release.name, "/about", variant())

    def make() -> Body:
        return make_body(render_template("about.html").encode(), modified=release.common_modified)

    return respond(rendered_body(key, make), HTML.content_type)
