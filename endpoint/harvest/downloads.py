"""Downloads: what programs read to know what they get (context, frames, schemas), and small files of every site."""

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from endpoint.catalogue.selection import PARAMETERS
from endpoint.catalogue.service import current_release
from endpoint.graphs import frames
from endpoint.graphs.jsonld_documents import CONTEXT_PATH
from endpoint.graphs.signposts import Signpost, header
from endpoint.http.responses import Body, make_body, redirect_response, respond, unchanging
from endpoint.language import interface_languages
from pipeline.rdf.vocabulary import context_file
from pipeline.system.data_files import text_of

downloads = Blueprint("downloads", __name__)

SCHEMA_PATH, SCHEMA_TYPE = "/schemas/findings.json", "application/schema+json"
OPENAPI_PATH, OPENAPI_TYPE = "/openapi.json", "application/vnd.oai.openapi+json;version=3.1"
_FINDINGS = ("pipeline.findings.reports", "findings.schema.json")
_SECONDS = 3600


@downloads.get(CONTEXT_PATH)
def context() -> Response:
    """Send the JSON-LD context, which never changes under its version."""
    return unchanging(respond(make_body(context_file().read_bytes()), "application/ld+json"))


@downloads.get("/frames/v1/<name>.jsonld")
def frame(name: str) -> Response:
    """Send the frame that nests our JSON-LD, which never changes under its version."""
    if name not in frames.NAMES:
        raise NotFound(f"There is no frame {name}: there are {', '.join(frames.NAMES)}.")
    text = frames.published_frame(name, current_release().base + CONTEXT_PATH)
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
    return redirect_response(f"{interface_languages.site_root()}/void", 302, seconds=3600)


def schema_link() -> str:
    """Return the Link header that leads from a report in JSON to its schema."""
    return header([Signpost("describedby", interface_languages.site_root() + SCHEMA_PATH, SCHEMA_TYPE)])


@downloads.get(SCHEMA_PATH)
def findings_schema() -> Response:
    """Send the JSON Schema of findings."""
    return _cacheable(_findings_schema(), SCHEMA_TYPE)


@downloads.get(OPENAPI_PATH)
def openapi() -> Response:
    """Send the description of the interface, with this server's address in it."""
    return _cacheable(_openapi(current_release().base), OPENAPI_TYPE)


def _cacheable(body: Body, content_type: str) -> Response:
    response = respond(body, content_type)
    response.cache_control.max_age = _SECONDS
    return response


@cache
def _findings_schema() -> Body:
    return make_body(text_of(*_FINDINGS).encode())


@cache
def _openapi(base: str) -> Body:
    """Return the description; the schema of findings is in it whole, so that nobody has to fetch another file."""
    described: dict[str, Any] = json.loads(text_of(__package__, "openapi.json"))
    described["servers"] = [{"url": base}]
    described["components"]["schemas"]["Findings"] = json.loads(text_of(*_FINDINGS))
    return make_body((json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode())
