"""Documents: linked data by 303 and negotiation, the same graph in every format at every address."""

from typing import NoReturn

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.exceptions import NotAcceptable, NotFound

from endpoint import finders, formats, jsonld, languages
from endpoint.finders import Document, Find
from endpoint.negotiation import Offer, choose
from endpoint.release import Release
from endpoint.responses import Body, make_body, respond
from endpoint.service import current_release, rendered
from endpoint.statements import read_subjects
from pipeline.vocabulary import COUNTRY, TOPIC, YEAR

documents = Blueprint("documents", __name__)

_SUFFIX = f"any({', '.join(formats.SUFFIXES)}):suffix"


@documents.get("/practice/<slug>")
def practice(slug: str) -> Response:
    """Send the client from a practice, which is no document, to the document about it."""
    release = current_release()
    if finders.merged_into(release, slug):
        abort(_moved(release, slug, "/practice/{}"))
    if finders.tombstone(release, slug):
        return _answer(slug, finders.practice, f"/doc/practice/{slug}")
    return _see_other("practice", slug, finders.practice)


@documents.get("/city/<slug>")
def city(slug: str) -> Response:
    """Send the client from a city, which is no document, to the document about it."""
    return _see_other("city", slug, finders.city)


@documents.get("/doc/practice/<name>")
def practice_document(name: str) -> Response:
    """Answer with a practice's document."""
    slug, fixed = formats.split_suffix(name)
    if finders.merged_into(current_release(), slug):
        abort(_moved(current_release(), slug, "/doc/practice/{}" + (f".{fixed.format}" if fixed else "")))
    return _answer(name, finders.practice)


@documents.get("/doc/city/<name>")
def city_document(name: str) -> Response:
    """Answer with a city's document and, for people, its practices."""
    return _answer(name, finders.city)


@documents.get("/topic/<name>")
def topic(name: str) -> Response:
    """Answer with this server's copy of a topic and, for people, its practices."""
    return _answer(name, finders.concept("topic", TOPIC))


@documents.get("/country/<name>")
def country(name: str) -> Response:
    """Answer with this server's copy of a country and, for people, its practices."""
    return _answer(name, finders.concept("country", COUNTRY))


@documents.get("/year/<name>")
def year(name: str) -> Response:
    """Answer with this server's copy of a calendar year and, for people, its practices."""
    return _answer(name, finders.concept("year", YEAR))


@documents.get("/ns")
@documents.get(f"/ns.<{_SUFFIX}>")
def ontology(suffix: str = "") -> Response:
    """Answer with this server's copy of the ontology."""
    return _answer(f"ns.{suffix}" if suffix else "ns", finders.ontology)


@documents.get("/shapes")
@documents.get(f"/shapes.<{_SUFFIX}>")
def shapes(suffix: str = "") -> Response:
    """Answer with this server's copy of the shapes."""
    return _answer(f"shapes.{suffix}" if suffix else "shapes", finders.shapes)


@documents.get("/dataset")
@documents.get(f"/dataset.<{_SUFFIX}>")
def dataset(suffix: str = "") -> Response:
    """Answer with the dataset's description and, for people, what can be downloaded."""
    return _answer(f"dataset.{suffix}" if suffix else "dataset", finders.dataset)


@documents.get("/<path:name>")
def resource(name: str) -> Response:
    """Answer with what else has an IRI here: dataset, catalogue, runs, sources, agents, rights, graphs."""
    return _answer(name, finders.resource)


def _see_other(kind: str, slug: str, find: Find) -> Response:
    if find(current_release(), slug) is None:
        raise NotFound(f"There is no {kind} of this name here.")
    return _redirect(f"{request.script_root}/doc/{kind}/{slug}", 303)


def _moved(release: Release, slug: str, path: str) -> Response:
    return _redirect(request.script_root + path.format(finders.merged_into(release, slug)), 301)


def _redirect(location: str, status: int) -> Response:
    response = Response(f"See {location}\n", status=status, content_type="text/plain; charset=utf-8")
    response.location = location
    response.vary.add("Accept")
    return response


def _answer(name: str, find: Find, path: str | None = None) -> Response:
    """Answer with what a name stands for, in the format asked for, at its own path or the request's."""
    release = current_release()
    stem, fixed = formats.split_suffix(name)
    offer = fixed or _negotiated()
    path = path or (request.path.removesuffix(f".{fixed.format}") if fixed else request.path)
    spoken = languages.variant() if offer is formats.HTML else ""
    key = (release.name, path, offer.format if offer else "", spoken)
    body, status = rendered().kept(key), 200
    if body is None or offer is None:
        document = find(release, stem)
        if document is None:
            raise NotFound("There is nothing of this name here.")
        offer = offer or _not_acceptable()
        body, status = _body(release, document, offer, path), document.status
        if status == 200:
            rendered().keep(key, body)
    response = respond(body, offer.content_type, status=status, vary=() if fixed else ("Accept",))
    response.headers["Content-Location"] = f"{request.script_root}{path}.{offer.format}"
    response.headers["Link"] = _links(release, path)
    return response


def _negotiated() -> Offer | None:
    """Return the format that a request asks for by its address or its Accept header, None for one unknown."""
    wanted = request.args.get("format")
    if wanted is not None:
        return formats.SUFFIXES.get(wanted)
    return choose(request.headers.get("Accept"), formats.OFFERS)


def _not_acceptable() -> NoReturn:
    kinds = ", ".join(kind.media_type for kind in formats.SUFFIXES.values())
    raise NotAcceptable(f"This document comes as {kinds}: ask for one of these.")


def _body(release: Release, document: Document, offer: Offer, path: str) -> Body:
    if offer.format in ("html", "jsonld"):
        data = jsonld.compact(document.graph, release.base, nested=document.nested)
        if offer.format == "jsonld":
            return make_body(jsonld.text(data))
        page = render_template(
            document.template,
            iri=document.iri,
            subjects=read_subjects(release, document.listed),
            page=document.view(),
            path=path,
            data=jsonld.script(data),
        )
        return make_body(page.encode())
    written = formats.write(document.graph, offer.format)
    if written is None:
        raise NotAcceptable("A text of this document holds characters that XML cannot: ask for Turtle.")
    return make_body(written)


def _links(release: Release, path: str) -> str:
    alternates = (
        f'<{request.script_root}{path}.{suffix}>; rel="alternate"; type="{offer.media_type}"'
        for suffix, offer in formats.SUFFIXES.items()
    )
    return ", ".join([*alternates, f'<{release.base}{path}>; rel="canonical"'])
