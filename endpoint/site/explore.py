"""Explore: the page that shows a selection by place, year and topic, and its figures as files."""

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue import filters
from endpoint.catalogue.list_rows import list_modified
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection, read_selection
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.figures.figure import Figure
from endpoint.figures.figure_responses import FORMS, respond_with_file, respond_with_frame
from endpoint.graphs.jsonld_documents import script
from endpoint.graphs.page_structure import collection_page
from endpoint.http.document_formats import HTML
from endpoint.http.responses import Body, make_body, respond
from endpoint.language.interface_languages import say, variant
from endpoint.pages.explore_page import explore_page
from endpoint.site.explore_figures import FIGURES, PAGE, figures
from endpoint.site.list_page import data_response

explore = Blueprint("explore", __name__)

_NAMES = f"any({', '.join(FIGURES)}):name"


@explore.get(PAGE)
def show() -> Response:
    """Show where and when the practices of a selection were carried out; programs get the list itself."""
    release = current_release()
    selection = read_selection(request.args, release.facets)
    data = data_response(release, selection)
    if data is not None:
        return data
    if not selection.is_open:
        return respond(_page(release, selection), HTML.content_type, vary=("Accept",))
    key = (release.name, PAGE, variant())
    body = rendered_body(key, lambda: _page(release, selection))
    return respond(body, HTML.content_type, vary=("Accept",))


@explore.get(f"{PAGE}/<{_NAMES}>.<{FORMS}>")
def file(name: str, form: str) -> Response:
    """Send a figure as an image or a table."""
    release = current_release()
    selection = read_selection(request.args, release.facets).at(1)
    return respond_with_file(
        f"{PAGE}/{name}",
        selection.query,
        form,
        lambda: _figure(selection, name),
        list_modified(release, selection),
    )


@explore.get(f"{PAGE}/<{_NAMES}>/embed")
def embed(name: str) -> Response:
    """Show a figure in a frame of another site."""
    return respond_with_frame(_figure(read_selection(request.args, current_release().facets), name))


def _figure(selection: Selection, name: str) -> Figure:
    release = current_release()
    return FIGURES[name](release, selection, explore_page(release, selection))


def _page(release: Release, selection: Selection) -> Body:
    numbers = explore_page(release, selection)
    countries = ((country.name.text, f"/country/{country.code}") for country in numbers.countries)
    structure = collection_page(release, f"/explore{selection.query}", say("Explore"), countries)
    page = render_template(
        "explore.html",
        page=numbers,
        structure=script(structure),
        figures=figures(release, selection, numbers),
        selection=selection,
        chosen=tuple(filters.active_filters(release, selection)),
    )
    return make_body(page.encode(), modified=list_modified(release, selection))
