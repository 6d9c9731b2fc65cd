"""The endpoint's page: a form to write a query in, and its answer or its error below."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Response, make_response, render_template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from endpoint.assets.editor.editor_files import has_world, is_built
from endpoint.assets.editor.editor_terms import known
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import rendered
from endpoint.http.cache import CachedBody
from endpoint.http.responses import make_body
from endpoint.sparql import result_formats
from endpoint.sparql.answers import whole
from endpoint.sparql.examples import examples
from endpoint.sparql.query_service import Stream
from endpoint.syntax.query_places import spot
from endpoint.syntax.sparql_problems import SORTS, Problem

_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What every page may load, and here styles in elements too, without which the editor draws nothing."""

_MOST_BYTES = 4 * 1024 * 1024
_MOST_ROWS = 1000

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


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a table of results."""

    text: str
    iri: str | None = None
    lang: str | None = None
    datatype: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The results of a SELECT: the variables, the first rows, and how many there are."""

    variables: Sequence[str]
    rows: Sequence[Sequence[Cell | None]]
    count: int


def form(release: Release) -> Response:
    """Return the page with nothing asked yet."""
    return _page(release, _first_query())


def results(
    query: str, query_form: str, answer: CachedBody | Stream, release: Release, *, hints: Sequence[str] = ()
) -> Response:
    """Return the page with the answer: a table for SELECT, a word for ASK, Turtle for a graph.

    ``hints`` are sentences about the query, which may say why the answer is none.
    """
    content = whole(answer, _MOST_BYTES)
    shown: dict[str, Any] = {"downloads": _downloads(query_form), "hints": hints}
    if query_form in ("CONSTRUCT", "DESCRIBE"):
        return _page(release, query, graph=content.decode(), **shown)
    parsed = json.loads(content)
    if "boolean" in parsed:
        return _page(release, query, truth=parsed["boolean"], **shown)
    return _page(release, query, table=_table(parsed), **shown)


def error(problem: Problem, release: Release, query: str | None) -> Response:
    """Return the page with a problem, and the query to be mended."""
    place = spot(query, problem.at) if query is not None and problem.at is not None else None
    page = _page(release, query or "", problem=problem, place=place)
    page.status_code = problem.sort.status
    return page


def _page(release: Release, query: str, **shown: Any) -> Response:
    has_editor = is_built()
    text = render_template(
        "sparql.html",
        query=query,
        endpoint=f"{release.base}/sparql",
        sorts=SORTS,
        examples=examples(),
        graphs=release.manifest.counts.get("graphs", {}),
        has_editor=has_editor,
        has_world=has_editor and has_world(),
        known=_known(release) if has_editor else None,
        **shown,
    )
    response = make_response(text)
    response.content_type = result_formats.HTML.content_type
    if has_editor:
        response.headers["Content-Security-Policy"] = _POLICY
    return response


def _known(release: Release) -> Markup:
    """Return what the editor is told of our data, as JSON that ends no script element."""
    key = (release.name, "what the editor knows")
    body = rendered().get(key)
    if body is None:
        body = make_body(htmlsafe_json_dumps(known(release)).encode())
        rendered().put(key, body)
    return Markup(body.plain.decode())  # noqa: S704  # made safe for HTML above


@cache
def _first_query() -> str:
    return (files(__package__) / "first.rq").read_text(encoding="utf-8")


def _downloads(query_form: str) -> dict[str, str]:
    """Return format → name for what an answer can be taken away as."""
    return {
        offer.format: _NAMES[offer.format]
        for offer in result_formats.offers(query_form)
        if offer.format in _NAMES
    }


def _table(parsed: dict[str, Any]) -> Table:
    variables = parsed["head"]["vars"]
    bindings = parsed["results"]["bindings"]
    rows = [[_cell(binding.get(name)) for name in variables] for binding in bindings[:_MOST_ROWS]]
    return Table(variables, rows, len(bindings))


def _cell(term: dict[str, Any] | None) -> Cell | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return Cell(term["value"], iri=term["value"])
    if term["type"] == "bnode":
        return Cell(f"_:{term['value']}")
    if term["type"] == "triple":
        return Cell(json.dumps(term["value"], ensure_ascii=False))
    return Cell(term["value"], lang=term.get("xml:lang"), datatype=term.get("datatype"))
