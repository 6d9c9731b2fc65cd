"""Downloads: the JSON-LD context and frames, and the small files that every site has."""

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from endpoint.catalogue.selection import PARAMETERS
from endpoint.catalogue.service import current_release
from endpoint.graphs import frames
from endpoint.graphs.jsonld_documents import CONTEXT_PATH
from endpoint.http.responses import make_body, redirected, respond, unchanging
from endpoint.language import interface_languages
from pipeline.rdf.vocabulary import context_file

downloads = Blueprint("downloads", __name__)


@downloads.get(CONTEXT_PATH)
def context() -> Response:
    """Send the JSON-LD context, which never changes under its version."""
    return unchanging(respond(make_body(context_file().read_bytes()), "application/ld+json"))


@downloads.get("/frames/v1/<name>.jsonld")
def frame(name: str) -> Response:
    """Send the frame that nests our JSON-LD, which never changes under its version."""
    if name not in frames.NAMES:
        raise NotFound(f"There is no frame {name}: there are {', '.join(frames.NAMES)}.")
    text = frames.published(name, current_release().base + CONTEXT_PATH)
    return unchanging(respond(make_body(text), "application/ld+json"))


@downloads.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers what to leave alone."""
    template = current_app.jinja_env.get_template("robots.txt")
    text = template.render(
        roots=interface_languages.roots(),
        switch=interface_languages.fixed_root(interface_languages.DEFAULT),
        filters=sorted(PARAMETERS - {"page"}),
        base=current_release().base,
    )
    return respond(make_body(f"{text}\n".encode()), "text/plain; charset=utf-8")


@downloads.get("/llms.txt")
def llms() -> Response:
    """Send language models to what they can use (llmstxt.org)."""
    release = current_release()
    template = current_app.jinja_env.get_template("llms.txt")
    text = template.render(base=release.base, practices=release.practices)
    return respond(make_body(f"{text}\n".encode()), "text/plain; charset=utf-8")


@downloads.get("/favicon.ico")
def favicon() -> Response:
    """Send browsers that look here to the icon."""
    return Response(status=301, headers={"Location": f"{request.script_root}/static/icon.svg"})


@downloads.get("/healthz")
def health() -> Response:
    """Say that this process answers, and with which release."""
    response = Response(f"ok {current_release().version}\n", content_type="text/plain; charset=utf-8")
    response.cache_control.no_store = True
    return response


@downloads.get("/.well-known/void")
def void() -> Response:
    """Send readers of VoID to the description in it; VoID asks for a 302."""
    return redirected(f"{interface_languages.site_root()}/void", 302, seconds=3600)
