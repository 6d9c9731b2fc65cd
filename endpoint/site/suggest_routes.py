"""Suggestions of the search field, as JSON."""

from flask import Blueprint, Response, json, request

from endpoint.catalogue.service import current_release
from endpoint.catalogue.suggestions import SearchSuggestion, suggestions
from endpoint.http.responses import make_body, respond
from endpoint.language.interface_languages import say

suggest = Blueprint("suggest", __name__)


@suggest.get("/practices/suggest")
def as_json() -> Response:
    """Return what somebody who types these letters may be looking for."""
    entries = suggestions(current_release(), request.args.get("q", ""))
    content = json.dumps({"suggestions": [suggestion(each) for each in entries]}, ensure_ascii=False)
    return respond(make_body(content.encode()), "application/json")


def suggestion(suggested: SearchSuggestion) -> dict[str, object]:
    """Return a suggestion as the script of the search field reads it."""
    kinds = {
        "topic": say("Topic"),
        "country": say("Country"),
        "city": say("City"),
        "practice": say("Good practice"),
    }
    path = "doc/practice" if suggested.kind == "practice" else suggested.kind
    return {
        "kind": kinds[suggested.kind],
        "name": suggested.name.text,
        "lang": suggested.name.lang,
        "beside": suggested.beside,
        "practices": suggested.practices,
        "href": f"{request.script_root}/{path}/{suggested.value}",
    }
