"""The endpoint's page: a form to write a query in, and below it the result in a view, or the error."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, make_response, render_template, request

from endpoint.assets.editor.editor_files import has_world, is_built
from endpoint.catalogue.open_release import Release
from endpoint.http.cache import CachedBody
from endpoint.http.problems import Problem, sorts_on
from endpoint.language import interface_languages
from endpoint.sparql import result_formats
from endpoint.sparql.answers import whole
from endpoint.sparql.examples import examples
from endpoint.sparql.query_service import Stream
from endpoint.sparql.result_labels import Labels
from endpoint.sparql.result_views import MOST_BYTES, Choice, Result, View
from endpoint.sparql.sharing.short_links import pack
from endpoint.sparql.sharing.snippets import command_for_file, iframe, snippets
from endpoint.sparql.views import result_chart
from endpoint.syntax.query_places import spot
from pipeline.system.data_files import text_of

_NAMES = {
    "json": "JSON",
    "xml": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF/XML",
}

_LONGEST_SHARED = 16 * 1024
"""Characters of a query up to which the page has it in its links and in programs to copy."""


def form(release: Release) -> Response:
    """Return the page with nothing asked yet."""
    return _page(release, text_of(__package__, "first.rq"))


def results(
    query: str, query_form: str, answer: CachedBody | Stream, release: Release, *, hints: Sequence[str] = ()
) -> Response:
    """Return the page with the answer in the view that the reader chose, the table where that does not fit.

    ``hints`` are sentences about the query, which may say why the answer is none.
    """
    result = Result(whole(answer, MOST_BYTES), query_form, query)
    view = view_of(result, Choice.of(request.args), Labels(release))
    is_long = len(query) > _LONGEST_SHARED
    return _page(
        release,
        query,
        downloads=_downloads(query_form),
        hints=hints,
        is_long=is_long,
        link=None if is_long else short_link(release, query, view["reader"]),
        iframe="" if is_long else _iframe(release, query, view["choice"]),
        file_command=command_for_file(query_form, f"{release.base}/sparql"),
        snippets={} if is_long else snippets(query, query_form, f"{release.base}/sparql"),
        **view,
    )


def error(problem: Problem, release: Release, query: str | None) -> Response:
    """Return the page with a problem, and the query to be corrected."""
    place = spot(query, problem.at) if query is not None and problem.at is not None else None
    page = _page(release, query or "", problem=problem, place=place)
    page.status_code = problem.sort.status
    return page


def errors() -> Response:
    """Return the page that explains the types of errors."""
    return make_response(render_template("sparql_errors.html", sorts=sorts_on("sparql/errors")))


def view_of(
    result: Result, choice: Choice, labels: Labels, *, most_rows: int | None = None
) -> dict[str, Any]:
    """Return what the template of a result needs: the view and its content."""
    view: View = choice.view if choice.view in result.views else result.views[0]
    page: dict[str, Any] = {
        "result": result,
        "labels": labels,
        "kinds": result_chart.KINDS,
        "reader": choice,
    }
    if view == "chart" and (drawn := result.chart(choice, labels)) is not None:
        choice, page["chart"] = drawn
    elif view == "map":
        page["map"] = result.map(labels)
    elif view == "raw":
        page["raw"] = result.raw()
    elif result.truth is None:
        view = "table"
        page["table"] = result.table(choice.page, *(() if most_rows is None else (most_rows,)))
    page["is_other_view"] = choice.view not in (None, view)
    page["choice"] = choice if choice.view in (None, view) else choice.with_view(None)
    page["view"] = view
    return page


def has_map_outline() -> bool:
    """Return whether a map of results can be drawn with countries."""
    return is_built() and has_world()


def _page(release: Release, query: str, **view: Any) -> Response:
    text = render_template(
        "sparql.html",
        query=query,
        endpoint=f"{release.base}/sparql",
        examples=examples(),
        counts=release.manifest.counts,
        created=release.manifest.created,
        graphs=release.manifest.counts.get("graphs", {}),
        has_editor=is_built(),
        has_world=has_map_outline(),
        **view,
    )
    response = make_response(text)
    response.content_type = result_formats.HTML.content_type
    return response


def short_link(release: Release, query: str, choice: Choice) -> str | None:
    """Return the shortest address that opens a query in a view: that of an example, or one with the query inside."""
    example = next((example for example in examples() if example.query.strip() == query.strip()), None)
    if example is not None:
        if choice.title in example.title.values():
            choice = replace(choice, title="")
        return choice.address(f"{release.base}/sparql/examples/{example.name}")
    packed = pack(query)
    return None if packed is None else choice.address(f"{release.base}/sparql/link", q=packed)


def _iframe(release: Release, query: str, choice: Choice) -> str:
    """Return the element that shows a result in another page, in the language of this page."""
    language = request.script_root.removeprefix(interface_languages.site_root())
    address = choice.address(f"{release.base}{language}/sparql/embed", query=query)
    return iframe(address, choice.title or interface_languages.say("Results"))


def _downloads(query_form: str) -> dict[str, str]:
    """Return format → name for the formats that an answer can be downloaded in."""
    return {
        offer.format: _NAMES[offer.format]
        for offer in result_formats.offers(query_form)
        if offer.format in _NAMES
    }
