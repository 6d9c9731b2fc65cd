import json
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema.exceptions import ValidationError
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from endpoint.app import create_app
from tests.findings_form import held, validator
from tests.running import Running
from tests.samples import build_release

SENT_AS_IT_IS = (
    "text/csv",
    "text/tab-separated-values",
    "text/turtle",
    "text/html",
    "application/x-ndjson",
    "application/trig",
    "application/n-triples",
    "application/n-quads",
    "application/rdf+xml",
    "application/sparql-query",
    "application/zip",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
NOT_ASKED = [positive_data_acceptance, negative_data_rejection]
"""What a table or Turtle must be like, no JSON Schema of a body can say; all other checks are made."""

# Operation → how many requests are made up for it.
OPERATIONS = {
    "POST /validate": 40,
    "GET /validate": 5,
    "GET /validate/report/{token}": 10,
    "DELETE /validate/report/{token}": 10,
    "GET /validate/profiles": 5,
    "GET /rules": 5,
    "GET /schemas/findings.json": 3,
    "GET /sparql": 25,
    "POST /sparql": 25,
    "GET /sparql/about": 3,
    "GET /sparql/description.json": 3,
    "GET /practices": 25,
    "GET /practices.{suffix}": 15,
    "GET /practices.atom": 3,
    "GET /practice/{slug}": 15,
    "GET /doc/practice/{slug}": 15,
    "GET /doc/city/{key}": 10,
    "GET /topic/{slug}": 10,
    "GET /country/{code}": 10,
    "GET /year/{year}": 10,
    "GET /dataset": 5,
    "GET /catalog": 5,
    "GET /shapes": 5,
    "GET /ns": 5,
    "GET /": 5,
    "GET /context/v1.jsonld": 3,
    "GET /dumps/latest/{name}": 5,
    "GET /changes": 5,
    "GET /changes.atom": 3,
    "GET /doc/practice/{slug}/history": 10,
    "GET /doc/practice/{slug}.{citation}": 10,
    "GET /ldes": 3,
    "GET /ldes/shape": 3,
    "GET /ldes/{page}": 10,
    "GET /quality": 5,
    "GET /sitemap.xml": 3,
    "GET /llms.txt": 3,
    "GET /healthz": 3,
    "GET /readyz": 3,
}


@schemathesis.serializer(*SENT_AS_IT_IS)
def as_it_is(_: Any, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def described(server: Running) -> Any:
    return server.send("GET", "/openapi.json").json()


@pytest.fixture(scope="module")
def interface(server: Running, described: Any) -> Any:
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=f"http://127.0.0.1:{server.port}")
    return schema


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_server_answers_as_it_is_described(interface: Any, operation: str) -> None:
    method, path = operation.split()

    @given(case=interface[path][method].as_strategy())
    @settings(
        max_examples=OPERATIONS[operation],
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(excluded_checks=NOT_ASKED)

    ask()


def test_an_answer_that_is_not_described_would_be_noticed(server: Running, described: Any) -> None:
    wrong = json.loads(json.dumps(described))
    del wrong["paths"]["/practice/{slug}"]["get"]["responses"]["404"]
    schema = schemathesis.openapi.from_dict(wrong)
    schema.config.update(base_url=f"http://127.0.0.1:{server.port}")
    case = schema["/practice/{slug}"]["GET"].Case(path_parameters={"slug": "nothing-of-that-name"})

    with pytest.raises(FailureGroup):
        case.call_and_validate(excluded_checks=NOT_ASKED)


def test_every_operation_described_is_tried(described: Any) -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, item in described["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    }

    assert operations == set(OPERATIONS)


def test_the_description_is_openapi_and_names_this_server(server: Running, described: Any) -> None:
    reply = server.send("GET", "/openapi.json")
    schemathesis.openapi.from_dict(described).validate()

    assert reply.type == "application/vnd.oai.openapi+json;version=3.1"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=3600" in reply.headers["Cache-Control"]
    assert server.send("GET", "/openapi.json", headers={"If-None-Match": reply.headers["ETag"]}).status == 304
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": "http://localhost:8000"}]


def test_the_start_page_leads_to_the_description(server: Running) -> None:
    links = server.send("GET", "/").headers["Link"]

    assert "/openapi.json>" in next(link for link in links.split(", ") if "openapi" in link)
    assert 'rel="service-desc"' in next(link for link in links.split(", ") if "openapi" in link)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    output = tmp_path_factory.mktemp("routes")
    build_release(output)
    return create_app(output)


# Addresses that are of no use to programs, or lead to one that is described.
BESIDE = (
    "/static/", "/favicon.ico", "/robots.txt", "/submit", "/template.", "/explore", "/shortlist", "/compare", "/void",
    "/<path:name>", "/.well-known/", "/frames/", "/openapi.json", "/practices/query", "/practices.rq", "/city/",
    "/sitemap/", "/dumps", "/dataset.", "/source/", "/version/", "/ldes.", "/ldes/shape.",
    "/changes.", "/quality.", "/dataset/", "/validate/report/", "/ns.", "/shapes.",
    "/about", "/changes/months", "/practices/suggest",
)  # fmt: skip


def test_every_address_for_programs_is_described(app: Flask, described: Any) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    paths = {path.split("{")[0] for path in described["paths"]}
    left = {route for route in routes if not route.startswith(BESIDE) and route.split("<")[0] not in paths}

    exports = {
        f"/practices.{suffix}"
        for suffix in ("csv", "csv-metadata.json", "xlsx", "jsonld", "nt", "ttl", "rdf")
    }
    assert left <= {*exports, "/context/v1.jsonld"}


def test_the_schema_of_findings_is_published_and_reports_lead_to_it(server: Running) -> None:
    reply = server.send("GET", "/schemas/findings.json")
    report = server.send("POST", "/validate", b"title,country\nA place,Italy\n", {"Content-Type": "text/csv"})

    assert reply.type == "application/schema+json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.json() == validator().schema
    assert (
        report.headers["Link"]
        == '</schemas/findings.json>; rel="describedby"; type="application/schema+json"'
    )
    assert held(report.json())["describedby"] == reply.json()["$id"]


@pytest.mark.parametrize(
    "change",
    [
        {"conforms": "yes"},
        {"language": "xx"},
        {"more": 1},
        {"findings": [{"severity": "error", "code": "x", "message": "x"}]},
        {"findings": [{"severity": "info", "code": "x", "message": "x", "place": {"file": "a", "row": 0}}]},
    ],
)
def test_a_report_of_another_form_is_none(server: Running, change: dict[str, Any]) -> None:
    sent = b"title,country\nA place,Italy\n"
    report = server.send("POST", "/validate", sent, {"Content-Type": "text/csv"}).json()

    with pytest.raises(ValidationError):
        validator().validate(report | change)
