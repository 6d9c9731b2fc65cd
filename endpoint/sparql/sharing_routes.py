"""Routes around the endpoint: short links, the embedded result, the chart as an image, the workbook."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from jinja2.utils import htmlsafe_json_dumps
from werkzeug.wrappers.response import Response as AnyResponse

from endpoint.assets.editor.editor_terms import known_terms
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.engine.client import QuestionFailed
from endpoint.http.client_watch import client_watch
from endpoint.http.problems import Problem
from endpoint.http.responses import make_body, respond
from endpoint.http.security_headers import embeddable
from endpoint.language import interface_languages
from endpoint.monitoring import access_log
from endpoint.sparql import protocol, sparql_page
from endpoint.sparql.answers import whole
from endpoint.sparql.examples import examples
from endpoint.sparql.preparing import prepare
from endpoint.sparql.query_service import QueryService
from endpoint.sparql.result_labels import Labels
from endpoint.sparql.result_views import MOST_BYTES, Choice, Result
from endpoint.sparql.sharing.short_links import BadLink, unpack
from endpoint.sparql.sparql_errors import error_response, problem_of
from endpoint.tables.workbook_writer import TooLarge, workbook

_MOST_EMBEDDED_ROWS = 200
_LONGEST_QUERY = 16 * 1024
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPARQL_JSON = "application/sparql-results+json"


def sharing_blueprint(asking: QueryService) -> Blueprint:
    """Return the routes, whose queries are answered like those of the endpoint."""
    sharing = _Sharing(asking)
    routes = Blueprint("sparql_sharing", __name__)
    routes.add_url_rule("/sparql/errors", "errors", sparql_page.errors)
    routes.add_url_rule("/sparql/terms.json", "terms", _terms)
    routes.add_url_rule("/sparql/link", "link", _link)
    routes.add_url_rule("/sparql/examples/<name>", "example", _example)
    routes.add_url_rule("/sparql/embed", "embed", sharing.embed)
    routes.add_url_rule("/sparql/chart.svg", "chart", sharing.chart)
    routes.add_url_rule("/sparql/results.xlsx", "workbook", sharing.workbook)
    return routes


@dataclass(frozen=True, slots=True)
class _Sharing:
    asking: QueryService

    def embed(self) -> Response:
        """Show a result in a frame of another site."""
        release = current_release()
        choice = Choice.of(request.args)
        page = {
            "choice": choice,
            "created": release.manifest.created,
            "has_world": sparql_page.has_map_outline(),
        }
        try:
            query, result = self._result(release)
            view = sparql_page.view_of(result, choice, Labels(release), most_rows=_MOST_EMBEDDED_ROWS)
            page |= {"query": query, "link": sparql_page.short_link(release, query, choice), **view}
            status = 200
        except Problem as problem:
            page["problem"], status = problem, problem.sort.status
        response = make_response(render_template("sparql_embed.html", **page), status)
        return _no_store(embeddable(response))

    def chart(self) -> Response:
        """Return the chart of a result as an SVG image."""
        release = current_release()
        try:
            _, result = self._result(release)
            labels = Labels(release)
            drawn = result.chart(Choice.of(request.args), labels)
            if drawn is None:
                raise Problem(
                    "format-not-available", "The result has no column of numbers to draw a chart of."
                )
        except Problem as problem:
            return _no_store(error_response(problem, release.base, None))
        choice, chart = drawn
        text = render_template(
            "sparql_chart.svg", chart=chart, title=choice.title, source=f"{release.base}/sparql", alone=True
        )
        return _file(text.encode(), "image/svg+xml; charset=utf-8", "chart.svg")

    def workbook(self) -> Response:
        """Return a result as XLSX. Making it counts as a running query."""
        release = current_release()
        try:
            query, result = self._result(release)
            if result.is_graph or result.truth is not None:
                raise Problem(
                    "format-not-available", f"XLSX is available for SELECT only, not for {result.form}."
                )
            about = (
                ("Query", query),
                ("Source", f"{release.base}/sparql"),
                ("Release", f"{release.version}, {release.manifest.created[:10]}"),
            )
            with self.asking.admission.slot():
                content = workbook(result.variables, result.rows(), about)
        except (TooLarge, QuestionFailed, Problem) as fault:
            return _no_store(error_response(self._problem(fault), release.base, None))
        return _file(content, _XLSX, "results.xlsx")

    def _problem(self, fault: Exception) -> Problem:
        if isinstance(fault, QuestionFailed):
            return problem_of(fault, self.asking.limits)
        return fault if isinstance(fault, Problem) else Problem("format-not-available", str(fault))

    def _result(self, release: Release) -> tuple[str, Result]:
        """Return the query in the address and its result; raise Problem where there is none."""
        query_string = request.environ.get("QUERY_STRING", "").encode("latin-1")
        operation = protocol.operation("GET", query_string, "", b"", _LONGEST_QUERY)
        if operation is None:
            raise Problem("query-missing", "Add a query to the address: ?query=.")
        prepared = prepare(
            replace(operation, formats=()),
            f"{_SPARQL_JSON}, text/turtle",
            release,
            self.asking,
            by_address=True,
        )
        try:
            answer = self.asking.ask(prepared.question, prepared.key, client_watch(request.environ))
            content = whole(answer.content, MOST_BYTES)
        except QuestionFailed as failure:
            raise problem_of(failure, prepared.limits) from failure
        row = access_log.row()
        if row is not None:
            row.answer(answer.how)
            row.query("answered")
        return operation.query, Result(content, prepared.form, operation.query)


def _terms() -> Response:
    """Return what the editor completes queries with, as JSON."""
    release = current_release()
    key = (release.name, "terms of the editor")
    body = rendered_body(key, lambda: make_body(htmlsafe_json_dumps(known_terms(release)).encode()))
    return respond(body, "application/json")


def _link() -> AnyResponse:
    """Lead to the query that is packed in a short link."""
    release = current_release()
    try:
        return _lead_to(unpack(request.args.get("q", "")))
    except BadLink as reason:
        return sparql_page.error(Problem("request-not-understood", str(reason)), release, None)


def _example(name: str) -> AnyResponse:
    """Lead to one of our examples."""
    example = next((example for example in examples() if example.name == name), None)
    if example is None:
        abort(404)
    title = Choice.of(request.args).title
    return _lead_to(example.query, title or example.title[interface_languages.interface()])


def _lead_to(query: str, title: str = "") -> AnyResponse:
    choice = Choice.of(request.args)
    if title:
        choice = replace(choice, title=title)
    address = f"{request.script_root}/sparql?{urlencode({'query': query, **choice.arguments()})}"
    response = redirect(address, 302)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    place = "attachment" if media_type == _XLSX else "inline"
    response.headers["Content-Disposition"] = f'{place}; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store" if response.status_code >= 400 else "no-cache"
    return response
