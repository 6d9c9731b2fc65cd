"""Start page: what this site is, search, a small map, some practices, and the ways on."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from flask import Blueprint, Response, render_template

from endpoint.catalogue import filters
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import first
from endpoint.catalogue.selection import Selection
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.documents import resolvers
from endpoint.documents.document_routes import answer
from endpoint.documents.representations import negotiate_format, not_acceptable
from endpoint.graphs import jsonld_documents, page_structure, signposts
from endpoint.http.document_formats import HTML
from endpoint.http.responses import Body, make_body, respond
from endpoint.language import interface_languages
from endpoint.pages import maps
from endpoint.pages.cards import read_cards
from endpoint.pages.explore_page import level_of
from endpoint.pages.maps import EUROPE, WORLD, Frame

start_page = Blueprint("start_page", __name__)

_CARDS = 3
_COUNTRIES = 24
_WIDTH = 480
_FINENESS = 3


@start_page.get("/")
def show() -> Response:
    """Show what this is, how much there is of it, and the ways in; programs get the description of the catalogue."""
    release = current_release()
    if (negotiate_format() or not_acceptable()) != HTML:
        return answer("catalog", resolvers.resource, path="/catalog")
    key = (release.name, "/", interface_languages.variant())
    return respond(rendered_body(key, lambda: _body(release)), HTML.content_type, vary=("Accept",))


def _body(release: Release) -> Body:
    root, spoken = interface_languages.site_root(), interface_languages.own_path()
    link = signposts.header(signposts.of_site(release, root, spoken))
    newest = tuple(islice(release.in_order(release.facets.everything, "newest"), _CARDS))
    most = (row[0] for row in release.index.rows("most_complete"))
    complete = tuple(position for position in most if position not in newest)[:_CARDS]
    page = _page(release, newest, complete).encode()
    return make_body(page, link=link, modified=release.page_modified((*newest, *complete)))


def _page(release: Release, newest: Sequence[int], complete: Sequence[int]) -> str:
    counts, everything = release.facets.counts({}), Selection()
    countries = filters.choices(release, "country", counts, everything)
    most = sorted(countries, key=lambda choice: -choice.practices)[:_COUNTRIES]
    return render_template(
        "start.html",
        totals=first(release.index.rows("counts")),
        topics=filters.choices(release, "topic", counts, everything),
        countries=[choice for choice in countries if choice in most],
        collections=filters.choices(release, "collection", counts, everything),
        newest=read_cards(release, newest),
        most_complete=read_cards(release, complete),
        map=overview_map(countries),
        structure=jsonld_documents.script(page_structure.of_site(release)),
    )


def draw_land() -> None:
    """Draw the land of both small maps, so that it is there for the first page."""
    for frame in _FRAMES:
        maps.shapes(frame)


def overview_map(countries: tuple[filters.Choice, ...]) -> dict[str, Any] | None:
    """Return the map that shows the most countries with practices at the size of a stamp; None without outlines."""
    europe, world = (_draw(frame, countries) for frame in _FRAMES)
    chosen = europe if europe["practices"] * 2 >= world["practices"] else world
    return chosen if chosen["countries"] else None


def _small(frame: Frame) -> Frame:
    share = _WIDTH / frame.width
    return replace(
        frame,
        width=_WIDTH,
        height=round(frame.height * share),
        scale=frame.scale * share,
        fineness=_FINENESS,
    )


_FRAMES = _small(EUROPE), _small(WORLD)


def _draw(frame: Frame, countries: tuple[filters.Choice, ...]) -> dict[str, Any]:
    """Return the small map: land without practices as one path, countries with practices one by one."""
    by_code = {choice.value: choice for choice in countries}
    most = max((choice.practices for choice in countries), default=0)
    shapes = maps.shapes(frame)
    drawn = [(choice, shape.path) for shape in shapes if (choice := by_code.get(shape.code))]
    return {
        "frame": frame,
        "land": "".join(shape.path for shape in shapes if shape.code not in by_code),
        "countries": [
            {"choice": choice, "level": level_of(choice.practices, most), "path": path}
            for choice, path in drawn
        ],
        "practices": sum(choice.practices for choice, _ in drawn),
    }
