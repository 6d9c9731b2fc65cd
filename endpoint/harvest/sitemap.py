"""Sitemap: an index and its parts in each language: every page with an address of its own, and its last change."""

from collections.abc import Callable, Iterator
from functools import partial

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import NotFound

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import first, positions_as_json
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.http.responses import Body, make_body, respond
from endpoint.language import interface_languages

sitemap = Blueprint("sitemap", __name__)

MOST_ADDRESSES = 50_000
"""How many addresses one part may contain (sitemaps.org)."""

_CHANGING = ("/", "/practices", "/explore", "/dataset", "/catalog", "/changes", "/quality")
_STEADY = ("/about", "/topic", "/country", "/year", "/ns", "/shapes")
_TERMS = ("topic", "country", "year")
_XML = "application/xml; charset=utf-8"


Entry = tuple[str, str]
"""An address in a sitemap, below the base, and when it changed; empty if that is not known."""

Part = Callable[[Release], Iterator[Entry]]


@sitemap.get("/sitemap.xml")
def index() -> Response:
    """Send the list of the sitemap's parts."""
    return _respond("sitemap_index.xml", "/sitemap.xml", _list_parts)


@sitemap.get("/sitemap/<name>.xml")
def part(name: str) -> Response:
    """Send one part of the sitemap: the pages in the language of its own address."""
    body = _parts(current_release()).get(name)
    if body is None:
        raise NotFound("The sitemap has no such part: /sitemap.xml lists those that exist.")
    return _respond("sitemap.xml", f"/sitemap/{name}.xml", body)


def _respond(template: str, path: str, read: Part) -> Response:
    release = current_release()
    language = interface_languages.fixed_language()
    key = (release.name, path, language)

    def make() -> Body:
        text = current_app.jinja_env.get_template(template).render(
            listed=read(release),
            base=release.base,
            language=language,
            # Each page names its translations as well, so one of the sitemaps is enough.
            languages=interface_languages.INTERFACE if language == interface_languages.DEFAULT else (),
            language_path=interface_languages.language_path,
        )
        # The latest date listed would not tell that an address has left the list.
        return make_body(text.encode(), modified=release.list_modified())

    return respond(rendered_body(key, make), _XML)


def _parts(release: Release) -> dict[str, Part]:
    """Return the parts by name, each with what yields its addresses."""
    sizes = first(release.index.rows("sitemap_sizes"))
    parts: dict[str, Part] = {"pages": _pages, "terms": _terms}
    parts |= {f"cities-{n}": partial(_cities, number=n) for n in _numbers(sizes["cities"])}
    parts |= {f"practices-{n}": partial(_practices, number=n) for n in _numbers(sizes["practices"])}
    return parts


def _numbers(size: int) -> range:
    return range(1, -(-size // MOST_ADDRESSES) + 1)


def _list_parts(release: Release) -> Iterator[Entry]:
    latest = {
        f"practices-{row['part'] + 1}": row["changed"]
        for row in release.index.rows("sitemap_latest", most=MOST_ADDRESSES)
    }
    for language in interface_languages.INTERFACE:
        for name in _parts(release):
            address = f"{interface_languages.language_path(language)}/sitemap/{name}.xml"
            yield address, latest.get(name) or max(latest.values(), default="")


def _pages(release: Release) -> Iterator[Entry]:
    rows = release.index.rows("sitemap_latest", most=MOST_ADDRESSES)
    latest = max((row["changed"] for row in rows), default="")
    for path in _CHANGING:
        yield path, latest
    for path in _STEADY:
        yield path, ""
    for facet, value in sorted(release.facets.bits):
        if facet == "collection":
            yield f"/practices?collection={value}", latest


def _terms(release: Release) -> Iterator[Entry]:
    """Yield topics, countries and years that have practices, with the date of the latest of these."""
    latest = {
        key: next(release.in_order(bits, "changed"))
        for key, bits in release.facets.bits.items()
        if key[0] in _TERMS
    }
    wanted = positions_as_json(set(latest.values()))
    moments: dict[int, str] = {
        row["position"]: row["changed"] for row in release.index.rows("sitemap_moments", positions=wanted)
    }
    for facet, value in sorted(latest):
        yield f"/{facet}/{value}", moments[latest[facet, value]]


def _cities(release: Release, *, number: int) -> Iterator[Entry]:
    after = (number - 1) * MOST_ADDRESSES
    for row in release.index.rows("sitemap_cities", after=after, most=MOST_ADDRESSES):
        yield f"/doc/city/{row['value']}", row["changed"]


def _practices(release: Release, *, number: int) -> Iterator[Entry]:
    upto = number * MOST_ADDRESSES
    for row in release.index.rows("sitemap_practices", after=upto - MOST_ADDRESSES, upto=upto):
        yield f"/doc/practice/{row['slug']}", row["changed"]
