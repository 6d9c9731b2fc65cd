"""Responses of a figure: an image, tables for programs and for spreadsheets, and a page for frames."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import Response, make_response, render_template, request

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.figures.figure import Figure, Value, describe_columns
from endpoint.graphs import signposts
from endpoint.graphs.signposts import Signpost
from endpoint.http.responses import Body, make_body, moment, respond
from endpoint.http.security_headers import embeddable
from endpoint.language.interface_languages import interface, reader, variant
from endpoint.tables.excel_csv import csv_lines, excel_lines, separator_for
from endpoint.tables.table_cells import Cell
from endpoint.tables.workbook_writer import workbook

FORMS = "any(svg, csv, xlsx, 'csv-metadata.json'):form"
"""The endings of a figure's files, as a part of a route."""

_TYPES = {
    "svg": "image/svg+xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv-metadata.json": "application/csvm+json",
}


def respond_with_file(
    path: str, query: str, form: str, make: Callable[[], Figure], modified: str
) -> Response:
    """Return a figure as a file in one of FORMS; it is made where it is not kept from an earlier request."""
    release = current_release()
    separator = separator_for(reader().texts) if request.args.get("for") == "excel" else ""
    key = (release.name, path, query, form, separator, variant())

    def make_file() -> Body:
        return replace(_file(release, make(), form, separator, modified), modified=moment(modified))

    response = respond(rendered_body(key, make_file), _TYPES[form])
    if form != "csv-metadata.json":
        name = path.rpartition("/")[2]
        place = "inline" if form == "svg" else "attachment"
        response.headers["Content-Disposition"] = f'{place}; filename="{name}.{form}"'
    return response


def respond_with_frame(figure: Figure) -> Response:
    """Return a figure as a page that other sites may show in a frame."""
    page = render_template("figure_embed.html", figure=figure, language=interface())
    return embeddable(make_response(respond(make_body(page.encode()), "text/html; charset=utf-8")))


def _file(release: Release, figure: Figure, form: str, separator: str, changed: str) -> Body:
    if form == "csv-metadata.json":
        text = json.dumps(describe_columns(figure, release.base, interface()), ensure_ascii=False, indent=2)
        return make_body(text.encode())
    link = signposts.header(_links(release, figure))
    if form == "svg":
        return make_body(render_template("figure.svg", figure=figure, changed=changed).encode(), link=link)
    if form == "xlsx":
        source = f"{release.base}{figure.page}{figure.query}"
        about = (("Title", figure.title), ("Selection", figure.note or "-"), ("Source", source))
        rows = [[_cell(value) for value in row] for row in figure.rows]
        return make_body(workbook(figure.columns, rows, about, ("Numbers", "About")), link=link)
    return make_body("".join(_lines(figure, separator)).encode(), link=link)


def _links(release: Release, figure: Figure) -> Iterator[Signpost]:
    columns = f"{request.script_root}{figure.path}.csv-metadata.json{figure.query}"
    yield Signpost("describedby", columns, _TYPES["csv-metadata.json"])
    yield Signpost("collection", f"{release.base}{figure.page}{figure.query}")


def _lines(figure: Figure, separator: str) -> Iterator[str]:
    rows = [
        list(figure.columns),
        *(["" if value is None else str(value) for value in row] for row in figure.rows),
    ]
    if separator:
        yield from excel_lines(rows, separator)
        return
    yield from csv_lines(rows)


def _cell(value: Value) -> Cell | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return Cell(value, "text")
    return Cell(str(value), "number", number=value)
