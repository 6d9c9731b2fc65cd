"""Schemas: what programs read to know what they get: the form of findings, and OpenAPI of the whole interface."""

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response

from endpoint.catalogue.service import current_release
from endpoint.graphs.signposts import Signpost, header
from endpoint.http.responses import Body, make_body, respond
from endpoint.language.interface_languages import site_root
from pipeline.system.data_files import text_of

schemas = Blueprint("schemas", __name__)

SCHEMA_PATH, SCHEMA_TYPE = "/schemas/findings.json", "application/schema+json"
OPENAPI_PATH, OPENAPI_TYPE = "/openapi.json", "application/vnd.oai.openapi+json;version=3.1"
_FINDINGS = ("pipeline.findings.reports", "findings.schema.json")
_SECONDS = 3600


def described_by() -> str:
    """Return the Link header that leads from a report in JSON to its schema."""
    return header([Signpost("describedby", site_root() + SCHEMA_PATH, SCHEMA_TYPE)])


@schemas.get(SCHEMA_PATH)
def findings_schema() -> Response:
    """Send the JSON Schema of findings."""
    return _cacheable(_findings_schema(), SCHEMA_TYPE)


@schemas.get(OPENAPI_PATH)
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
