"""Feeds: what changed last in a list of practices, as Atom (RFC 4287), for readers who follow it."""

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from flask import Blueprint, Response, current_app, request

from endpoint.catalogue.bitset import members
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import found_bits
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.selection import Selection, read_selection
from endpoint.catalogue.service import current_release, rendered
from endpoint.graphs.dataset_publisher import Publisher, publisher_of
from endpoint.http.responses import make_body, respond

feeds = Blueprint("feeds", __name__)

MOST_ENTRIES = 50
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A practice in a feed."""

    slug: str
    iri: str
    address: str
    title: str
    lang: str
    issued: str
    modified: str
    summary: str
    summary_lang: str
    places: str


@feeds.get("/practices.atom")
def as_atom() -> Response:
    """Send the practices of a list that changed last."""
    release = current_release()
    selection = read_selection(request.args, release.facets).at(1)
    key = (release.name, "/practices.atom", selection.query)
    body = rendered().get(key)
    if body is None:
        entries = _entries(release, selection)
        updated = entries[0].modified if entries else release.manifest.created
        # A feed speaks no language of the interface, so it is rendered without what pages know of their reader.
        template = current_app.jinja_env.get_template("practices.atom")
        feed = template.render(
            release=release,
            selection=selection,
            publisher=feed_publisher(release),
            entries=entries,
            updated=updated,
        )
        body = make_body(feed.encode(), modified=release.changed())
        rendered().put(key, body)
    return respond(body, "application/atom+xml; charset=utf-8")


def _entries(release: Release, selection: Selection) -> list[FeedEntry]:
    latest = members(found_bits(release, selection), release.order("changed"))
    positions = list(islice(latest, MOST_ENTRIES))
    rows = {
        row["position"]: row for row in release.index.rows("feed", positions=positions_as_json(positions))
    }
    return [_entry(release, rows[position]) for position in positions]


def _entry(release: Release, row: Any) -> FeedEntry:
    return FeedEntry(
        slug=row["slug"],
        iri=release.iris.practice(row["slug"])[1:-1],
        address=release.iris.record(row["slug"])[1:-1],
        title=clean(row["title"]),
        lang=row["title_lang"] or "",
        issued=row["issued"] or "",
        modified=row["modified"] or "",
        summary=clean(row["summary"] or ""),
        summary_lang=row["summary_lang"] or "",
        places=clean(row["places"] or ""),
    )


def feed_publisher(release: Release) -> Publisher:
    """Return the publisher as the author of a feed, which a feed must name; those of the texts are in its rights."""
    publisher = publisher_of(release)
    return replace(publisher, name=clean(publisher.name))


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
