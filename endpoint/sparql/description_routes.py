"""Routes of the description: what a program or a person reads before writing a query."""

import json

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue.service import current_release, rendered_body
from endpoint.http.document_formats import HTML
from endpoint.http.responses import Body, make_body, respond
from endpoint.language.interface_languages import variant
from endpoint.sparql.class_descriptions import Data
from endpoint.sparql.description_data import description_data
from endpoint.sparql.query_service import QueryService
from pipeline.rdf.vocabulary import ICGP

DESCRIPTION_PATH = "/sparql/description.json"
ABOUT_PATH = "/sparql/about"


def add_description(routes: Blueprint, asking: QueryService) -> None:
    """Add the routes of the description to those of the endpoint."""

    def description() -> Data:
        return description_data(current_release(), asking.limits, is_remote=asking.backend.is_remote)

    @routes.get(DESCRIPTION_PATH)
    def description_as_json() -> Response:
        """Send the description as JSON."""
        key = (current_release().name, request.script_root, DESCRIPTION_PATH)

        def make() -> Body:
            return make_body((json.dumps(description(), ensure_ascii=False, indent=1) + "\n").encode())

        return respond(rendered_body(key, make), "application/json")

    @routes.get(ABOUT_PATH)
    def description_as_page() -> Response:
        """Send the description as a page for people."""
        key = (current_release().name, request.script_root, ABOUT_PATH, variant())
        return respond(
            rendered_body(key, lambda: make_body(_page(description()).encode())), HTML.content_type
        )


def _page(data: Data) -> str:
    classes = data["classes"]
    return render_template(
        "sparql_about.html",
        page=data,
        main=[each for each in classes if each["iri"].startswith(ICGP)],
        rest=[each for each in classes if not each["iri"].startswith(ICGP)],
        by_name={each["name"]: f"class-{number}" for number, each in enumerate(classes)},
    )
