"""Citation files: how to cite a practice, for reference managers."""

from flask import Blueprint, Response, abort

from endpoint.catalogue.service import current_release, rendered_body
from endpoint.citations.citation import read_citation
from endpoint.citations.citation_formats import FORMATS
from endpoint.documents.document_routes import redirect_to_successor
from endpoint.documents.resolvers import merge_target, tombstone
from endpoint.graphs import document_graphs
from endpoint.http.responses import Body, make_body, respond
from pipeline.rdf.iris import is_slug

citation_files = Blueprint("citation_files", __name__)


@citation_files.get(f"/doc/practice/<slug>.<any({', '.join(map(repr, FORMATS))}):suffix>")
def citation_file(slug: str, suffix: str) -> Response:
    """Answer with the citation of a practice in one format."""
    release, written = current_release(), FORMATS[suffix]
    if merge_target(release, slug):
        abort(redirect_to_successor(release, slug, f"/doc/practice/{{}}.{suffix}"))

    def make() -> Body:
        graph = document_graphs.practice(release, slug) if is_slug(slug) else ()
        if not graph:
            abort(410 if tombstone(release, slug) else 404)
        text = written.write(read_citation(release, slug, graph))
        record = release.iris.record(slug)[1:-1]
        link = f'<{release.iris.practice(slug)[1:-1]}>; rel="cite-as", <{record}>; rel="describes"'
        return make_body(text.encode(), link=link, modified=release.practice_modified(slug))

    is_json = written.media_type.endswith("json")
    body = rendered_body((release.name, "citation", slug, suffix), make)
    response = respond(body, written.media_type if is_json else f"{written.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.{suffix}"'
    return response
