"""Exports: all practices of a list as CSV, XLSX, JSON-LD, Turtle, N-Triples or RDF/XML, whatever page it is open at."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, NotAcceptable, NotFound

from endpoint.catalogue.list_rows import list_modified
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import matching_bits
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.selection import Selection, read_selection
from endpoint.catalogue.selection_query import selection_query
from endpoint.catalogue.service import current_release, rendered_bodies
from endpoint.graphs import document_graphs, jsonld_documents, signposts
from endpoint.graphs.signposts import Signpost
from endpoint.http import document_formats
from endpoint.http.document_formats import SUFFIXES
from endpoint.http.responses import gzip_parts, make_body, moment, redirect_response, respond
from endpoint.language import interface_languages
from endpoint.language.interface_languages import reader
from endpoint.tables.excel_csv import csv_lines, excel_lines, separator_for
from endpoint.tables.table_cells import Cell
from endpoint.tables.workbook_writer import TooLarge, workbook
from pipeline import __version__
from pipeline.rdf.vocabulary import context, prefixes
from pipeline.release.contents.jsonld_writer import JsonLdWriter
from pipeline.release.contents.nodes import Node, node_lines, type_first
from pipeline.release.contents.turtle_writer import TurtleWriter

exports = Blueprint("exports", __name__)

MOST_RECORDS = 5_000
"""How many practices one export holds at most: each is read from the store, while others wait."""

DESCRIPTION = "/practices.csv-metadata.json"
CSVM = "application/csvm+json"

_CSV_TYPE = "text/csv; charset=utf-8"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_AT_ONCE = 1_000
"""How many practices a file holds at most that is in memory as a whole before it is sent."""

_AT_ONCE = 200
_CHUNK = 32 * 1024
_LEVEL = 6

Write = Callable[[Release, list[int]], Iterator[str]]


@exports.get("/practices.csv")
def as_csv() -> Response:
    """Send the practices of a list in the columns of the catalogue file, for programs or for Excel."""
    if request.args.get("for") != "excel":
        return _link_description(_export("csv", _CSV_TYPE, _csv))
    separator = separator_for(reader().texts)
    response = _export("csv", _CSV_TYPE, partial(_csv, separator=separator), f"excel{separator}")
    response.vary.add("Accept-Language")
    return _link_description(response)


@exports.get("/practices.xlsx")
def as_workbook() -> Response:
    """Send the practices of a list as a workbook, with what its columns mean."""
    release = current_release()
    selection, positions = _selected_positions(release, "xlsx")
    key = (release.name, "/practices.xlsx", selection.query)
    body = rendered_bodies().get(key)
    if body is None:
        columns, *rows = _records(release, positions)
        cells = [[Cell(text, "text") if text else None for text in row] for row in rows]
        try:
            content = workbook(columns, cells, _about(release, selection), ("Practices", "About"))
        except TooLarge as reason:
            raise BadRequest(f"{reason} This list as CSV is at {release.base}/practices.csv.") from None
        body = make_body(content, link=_description_link(release), modified=release.manifest.created)
        rendered_bodies().put(key, body)
    response = respond(body, _WORKBOOK_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="practices.xlsx"'
    return response


@exports.get("/practices.csv-metadata.json")
def column_metadata() -> Response:
    """Send what the columns of the list's CSV mean, as CSV on the Web describes them."""
    release = current_release()
    described = _description(release) | {"url": "practices.csv"}
    described["@id"] = f"{release.base}/practices.csv"
    content = json.dumps(described, ensure_ascii=False, indent=2).encode()
    return respond(make_body(content, modified=release.common_modified), CSVM)


@exports.get("/practices.<any(jsonld, ttl, nt, rdf):suffix>")
def as_graph(suffix: str) -> Response:
    """Send the practices of a list as linked data; the writer of RDF/XML needs all of it at once, so it takes fewer."""
    most = MOST_AT_ONCE if suffix == "rdf" else None
    return _export(suffix, SUFFIXES[suffix].content_type, _GRAPH_WRITERS[suffix], most=most)


@exports.get("/practices.rq")
def as_query() -> Response:
    """Send the SPARQL query that finds the practices of a list."""
    return respond(make_body(_query().encode()), "application/sparql-query")


@exports.get("/practices/query")
def open_query() -> Response:
    """Send a reader on to the query editor with the query of a list in it."""
    location = f"{request.script_root}/sparql?{urlencode({'query': _query()})}"
    return redirect_response(location, 303, text="See the query editor.\n")


def _query() -> str:
    release = current_release()
    return selection_query(release, read_selection(request.args, release.facets))


def _export(
    suffix: str, content_type: str, write: Write, form: str = "", *, most: int | None = None
) -> Response:
    release = current_release()
    selection, positions = _selected_positions(release, suffix, most or MOST_RECORDS)
    texts = write(release, positions) if request.method == "GET" else iter(())
    response = Response(_encode_texts(texts), content_type=content_type)
    response.automatically_set_content_length = False  # it would make the whole file, also for HEAD and a 304
    response.headers["Content-Disposition"] = f'attachment; filename="practices.{suffix}"'
    return _with_etag(response, release, selection, positions, suffix + form)


def _selected_positions(
    release: Release, suffix: str, most: int = MOST_RECORDS
) -> tuple[Selection, list[int]]:
    """Return what the address selects, and the positions of its practices, at most so many."""
    selection = read_selection(request.args, release.facets).at(1)
    bits = matching_bits(release, selection)
    count = bits.bit_count()
    if count > most:
        raise BadRequest(
            f"This list has {count} practices, and a .{suffix} file made of a list holds at most {most}: "
            f"narrow it down, or take all practices at {release.base}/dataset."
        )
    return selection, list(release.in_order(bits, "title"))


def _link_description(response: Response) -> Response:
    """Return a response that names the description of its columns."""
    response.headers["Link"] = _description_link(current_release())
    return response


def _description_link(release: Release) -> str:
    return signposts.header(
        (
            Signpost("describedby", f"{interface_languages.site_root()}{DESCRIPTION}", CSVM),
            Signpost("collection", f"{release.base}/dataset"),
        )
    )


def _description(release: Release) -> dict[str, Any]:
    """Return the description of the columns of the catalogue file; of an old release there may be none."""
    try:
        text = (release.path / "catalogue.csv-metadata.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound("This release has no description of its columns.") from None
    described: dict[str, Any] = json.loads(text)
    return described


def _about(release: Release, selection: Selection) -> Iterator[tuple[str, str]]:
    """Yield what a workbook is and what its columns mean."""
    yield "Source", f"{release.base}/practices{selection.query}"
    yield "Release", f"{release.version}, {release.manifest.created[:10]}"
    for column in _description(release)["tableSchema"]["columns"]:
        yield column["name"], column["dc:description"]


def _encode_texts(texts: Iterable[str]) -> Iterator[bytes]:
    """Return texts as bytes in pieces worth sending, compressed where the client reads that."""
    if request.accept_encodings["gzip"] > 0:
        return gzip_parts(_pieces(texts), _LEVEL)
    return _pieces(texts)


def _with_etag(
    response: Response, release: Release, selection: Selection, positions: list[int], suffix: str
) -> Response:
    """Return a response with the key of its bytes as ETag; 304 if the client has them already.

    The same practices, software and selection give the same bytes, so these need not be made for their hash.
    """
    is_packed = request.accept_encodings["gzip"] > 0
    said = release.digest_of(positions)
    key = "\n".join((__version__, release.base, said, suffix, selection.query, str(is_packed)))
    response.set_etag(hashlib.sha256(key.encode()).hexdigest()[:24])
    if is_packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.last_modified = moment(list_modified(release, selection, positions))
    response.cache_control.public = True
    response.cache_control.max_age = 60
    response.make_conditional(request)
    return response


def _csv(release: Release, positions: list[int], separator: str = "") -> Iterator[str]:
    """Yield the practices as CSV for programs or, with the separator that a reader's Excel expects, for that."""
    records = _records(release, positions)
    return excel_lines(records, separator) if separator else csv_lines(records)


def _records(release: Release, positions: list[int]) -> Iterator[list[str]]:
    """Yield the rows of the catalogue file, which are in the order of positions, for some of them."""
    wanted = set(positions)
    with (release.path / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            if number == 0 or number in wanted:
                yield row


def _json_ld(release: Release, positions: list[int]) -> Iterator[str]:
    writer = JsonLdWriter(context()["@context"])
    yield f'{{"@context":{json.dumps(release.base + jsonld_documents.CONTEXT_PATH)},"@graph":['
    joint = "\n"
    for node in _nodes(release, positions):
        yield joint + writer.node(type_first(node))
        joint = ",\n"
    yield "\n]}\n"


def _turtle(release: Release, positions: list[int]) -> Iterator[str]:
    writer = TurtleWriter(prefixes(), release.base)
    yield writer.head()
    for node in _nodes(release, positions):
        yield writer.node(type_first(node))


def _rdf_xml(release: Release, positions: list[int]) -> Iterator[str]:
    slugs = _slugs(release, positions)
    graphs = (document_graphs.practice(release, slug) for slug in slugs)
    triples = dict.fromkeys(
        triple for graph in graphs for triple in (*graph, *document_graphs.names_within(release, graph))
    )
    written = document_formats.write(tuple(triples), "rdf")
    if written is None:
        raise NotAcceptable("A text of this list holds characters that XML cannot: take /practices.ttl.")
    return iter((written.decode(),))


def _nodes(release: Release, positions: Iterable[int]) -> Iterator[Node]:
    """Yield what the documents of some practices hold, each node once."""
    subjects: set[str] = set()
    for slug in _slugs(release, positions):
        graph = document_graphs.practice(release, slug)
        for subject, pairs in jsonld_documents.by_subject(
            (*graph, *document_graphs.names_within(release, graph))
        ).items():
            if subject not in subjects:
                subjects.add(subject)
                yield subject, pairs


def _slugs(release: Release, positions: Iterable[int]) -> Iterator[str]:
    waiting = iter(positions)
    while batch := list(islice(waiting, _AT_ONCE)):
        rows = release.index.rows("slugs", positions=positions_as_json(batch))
        slugs = {row["position"]: row["slug"] for row in rows}
        yield from (slugs[position] for position in batch)


def _pieces(texts: Iterable[str]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for text in texts:
        gathered.append(text.encode())
        size += len(gathered[-1])
        if size >= _CHUNK:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)


_GRAPH_WRITERS: dict[str, Write] = {
    "jsonld": _json_ld,
    "ttl": _turtle,
    "nt": lambda release, positions: map(node_lines, _nodes(release, positions)),
    "rdf": _rdf_xml,
}
