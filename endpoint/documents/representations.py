"""Representations: a document written in the format that was negotiated, with the headers that go with it."""

from dataclasses import dataclass
from typing import NoReturn

from flask import Response, render_template, request
from werkzeug.exceptions import NotAcceptable

from endpoint.catalogue.open_release import Release
from endpoint.documents.resolvers import Document
from endpoint.graphs import frames, jsonld_documents, signposts
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.signposts import Signpost
from endpoint.graphs.statements import read_subjects
from endpoint.http import document_formats, profiles
from endpoint.http.negotiation import Offer, choose
from endpoint.http.responses import Body, make_body, respond
from endpoint.language import interface_languages


@dataclass(frozen=True, slots=True)
class FramedGraph:
    """A graph, and the name of the frame that nests its JSON-LD, empty for none."""

    graph: Graph
    frame: str = ""


@dataclass(frozen=True, slots=True)
class DocumentAddress:
    """Where a document is: its path without a suffix, its query string, and the form of its JSON-LD, if stated."""

    path: str
    query: str = ""
    form: str = ""

    def variant(self, suffix: str) -> str:
        """Return the path and query of the document's fixed form in one format."""
        query = self.query
        if self.form:
            query += f"{'&' if query else '?'}profile={self.form}"
        return f"{self.path}.{suffix}{query}"


def negotiate_format() -> Offer | None:
    """Return the format that a request asks for by its address or its Accept header, None for one unknown."""
    wanted = request.args.get("format")
    if wanted is not None:
        return document_formats.SUFFIXES.get(wanted)
    return choose(request.headers.get("Accept"), document_formats.OFFERS)


def not_acceptable() -> NoReturn:
    """Refuse a request for a format that there is not, and name those that exist."""
    kinds = ", ".join(kind.media_type for kind in document_formats.SUFFIXES.values())
    raise NotAcceptable(f"This document comes as {kinds}: ask for one of these.")


def make_document(release: Release, document: Document, offer: Offer, place: DocumentAddress) -> Body:
    """Return a document written in a format, with its Link header and the moment of its last change."""
    if offer.format == "html":
        plain = _page(release, document, place)
    else:
        plain = write_graph(release, document, offer.format, place.form)
    return make_body(
        plain,
        link=signposts.header(_signposts(release, document, offer, place)),
        modified=document.modified or release.manifest.created,
    )


def write_graph(release: Release, document: Document | FramedGraph, suffix: str, form: str = "") -> bytes:
    """Return a graph in a format for machines."""
    if suffix == "jsonld":
        if form == "expanded":
            return jsonld_documents.text(jsonld_documents.expand(document.graph))
        tree = frames.tree(document.frame) if document.frame and form != "flattened" else None
        return jsonld_documents.text(jsonld_documents.compact(document.graph, release.base, tree))
    written = document_formats.write(document.graph, suffix)
    if written is None:
        raise NotAcceptable("A text of this document holds characters that XML cannot: ask for Turtle.")
    return written


def respond_with(
    body: Body, offer: Offer, place: DocumentAddress, *, status: int, is_negotiated: bool
) -> Response:
    """Return a document's body as the response, with the address at which this very form of it is fixed."""
    kind = profiles.content_type(place.form) if offer == document_formats.JSON_LD else offer.content_type
    response = respond(body, kind, status=status, vary=("Accept",) if is_negotiated else ())
    root = request.script_root if offer.format == "html" else interface_languages.site_root()
    response.headers["Content-Location"] = root + place.variant(offer.format)
    return response


def _page(release: Release, document: Document, place: DocumentAddress) -> bytes:
    data = ""
    if document.is_embedded:
        tree = frames.tree(document.frame) if document.frame else None
        data = jsonld_documents.script(jsonld_documents.compact(document.graph, release.base, tree))
    page = render_template(
        document.template,
        iri=document.iri,
        subjects=read_subjects(release, document.listed),
        page=document.view(),
        path=place.path,
        query=place.query,
        data=data,
        schema=jsonld_documents.script(document.schema()) if document.schema else "",
        structure=[*map(jsonld_documents.script, document.structure())] if document.structure else (),
    )
    return page.encode()


def _signposts(release: Release, document: Document, offer: Offer, place: DocumentAddress) -> list[Signpost]:
    path = interface_languages.site_root() + place.path
    spoken = interface_languages.own_path() if offer.format == "html" else ""
    canonical = f"{release.base}{spoken}{place.path}{place.query}"
    posts = [*document.signposts, *signposts.of_document(path, place.query, canonical, offer.format)]
    if offer.format == "jsonld" and document.frame:
        frame = f"{interface_languages.site_root()}{frames.path(document.frame)}"
        posts.append(Signpost(profiles.NAMESPACE + "frame", frame, profiles.JSON_LD))
    return posts
