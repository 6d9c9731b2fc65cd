"""Feeds: what changed last in a list of practices, as Atom (RFC 4287), for readers who follow it."""

import re
from dataclasses import replace
from itertools import islice
from typing import Any

from flask import Blueprint, Response, current_app, request

from endpoint.catalogue.list_rows import read_rows
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import matching_bits
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.selection import Selection, read_selection
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.graphs.dataset_publisher import Publisher, publisher_of
from endpoint.http.responses import Body, make_body, respond
from endpoint.language.interface_languages import DEFAULT, INTERFACE, fixed_language, language_path

feeds = Blueprint("feeds", __name__)

MOST_ENTRIES = 50
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@feeds.get("/practices.atom")
def as_atom() -> Response:
    """Send the practices of a list that changed last, in the language of the address where they have it."""
    release = current_release()
    selection = read_selection(request.args, release.facets).at(1)
    language = fixed_language()
    key = (release.name, "/practices.atom", language, selection.query)
    body = rendered_body(key, lambda: _feed(release, selection, language))
    return respond(body, "application/atom+xml; charset=utf-8")


def _feed(release: Release, selection: Selection, language: str) -> Body:
    entries = _entries(release, selection, language)
    # A feed speaks the language of its address, so it is rendered without what pages know of their reader.
    template = current_app.jinja_env.get_template("practices.atom")
    feed = template.render(
        release=release,
        selection=selection,
        language=language,
        spoken=language_path(language),
        others={tag: language_path(tag) for tag in INTERFACE},
        publisher=feed_publisher(release),
        entries=entries,
        updated=entries[0]["modified"] if entries else release.manifest.created,
    )
    return make_body(feed.encode(), modified=release.list_modified())


def _entries(release: Release, selection: Selection, language: str) -> list[dict[str, str]]:
    """Return the entries of a feed; each has its title in the language of the feed if the practice has one."""
    latest = release.in_order(matching_bits(release, selection), "changed")
    positions = list(islice(latest, MOST_ENTRIES))
    rows = {
        row["position"]: row for row in release.index.rows("feed", positions=positions_as_json(positions))
    }
    listed = read_rows(release, positions) if language != DEFAULT else ()
    titles = {row.position: row.titles[language] for row in listed if language in row.titles}
    spoken = f"{release.base}{language_path(language)}"
    entries = (_entry(release, rows[position], spoken) for position in positions)
    return [
        entry | {"title": clean(titles[position]), "lang": language} if position in titles else entry
        for position, entry in zip(positions, entries, strict=True)
    ]


def _entry(release: Release, row: Any, spoken: str) -> dict[str, str]:
    """Return a practice in a feed: ``address`` is its page in the language of the feed, ``record`` its document."""
    record = release.iris.record(row["slug"])[1:-1]
    return {
        "iri": release.iris.practice(row["slug"])[1:-1],
        "address": spoken + record.removeprefix(release.base),
        "record": record,
        "title": clean(row["title"]),
        "lang": row["title_lang"] or "",
        "issued": row["issued"] or "",
        "modified": row["changed"],
        "summary": clean(row["summary"] or ""),
        "summary_lang": row["summary_lang"] or "",
        "places": clean(row["places"] or ""),
    }


def feed_publisher(release: Release) -> Publisher:
    """Return the publisher as the author of a feed, which a feed must name; those of the texts are in its rights."""
    publisher = publisher_of(release)
    return replace(publisher, name=clean(publisher.name))


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot contain."""
    return _NOT_XML.sub("", text)
