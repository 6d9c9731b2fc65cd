"""Routes of the description: what a program or a person reads before writing a query."""

import json

from flask import Blueprint, Response, request

from endpoint.catalogue.service import current_release, rendered
from endpoint.http.responses import make_body, respond
from endpoint.sparql.description_data import description_data
from endpoint.sparql.query_service import QueryService

DESCRIPTION_PATH = "/sparql/description.json"


def add_description(routes: Blueprint, asking: QueryService) -> None:
    """Add the routes of the description to those of the endpoint."""

    @routes.get(DESCRIPTION_PATH)
    def description_as_json() -> Response:
        """Send the description as JSON."""
        release = current_release()
        key = (release.name, request.script_root, DESCRIPTION_PATH)
        body = rendered().get(key)
        if body is None:
            data = description_data(release, asking.limits, is_remote=asking.asker.is_remote)
            body = make_body((json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())
            rendered().put(key, body)
        return respond(body, "application/json")
