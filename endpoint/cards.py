"""Cards: practices as lists show them, made from the index alone."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endpoint.facts import Text, best, preferred
from endpoint.index import any_of
from endpoint.names import Link, links
from endpoint.release import Release
from endpoint.words import Words, excerpt, read_words
from pipeline.vocabulary import TOPIC

SUMMARY_LETTERS = 280

Values = Mapping[str, list[str]]
"""Facet → the values that a practice has of it."""


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in a list; ``excerpt`` is where the searched words stand, hits between U+0002 and U+0003."""

    slug: str
    title: Text
    cities: tuple[Text, ...]
    countries: tuple[Text, ...]
    date_text: str
    topics: tuple[Link, ...]
    summary: Text | None
    excerpt: str = ""


def read_cards(release: Release, positions: Sequence[int], words: Words = ()) -> tuple[Card, ...]:
    """Return the practices at some positions, in the order of the positions."""
    wanted = json.dumps(list(positions))
    rows = {row["position"]: row for row in release.index.rows("cards", positions=wanted)}
    values: dict[int, dict[str, list[str]]] = {}
    for position, facet, value in release.index.rows("card_facets", positions=wanted):
        values.setdefault(position, {}).setdefault(facet, []).append(value)
    titles: dict[int, dict[str, str]] = {}
    for position, language, title in release.index.rows("card_titles", positions=wanted):
        titles.setdefault(position, {})[language] = title
    excerpts: dict[int, str] = {}
    if words:
        found = release.index.rows("texts", positions=wanted)
        excerpts = {position: excerpt(text, words) for position, text in found}
    return tuple(
        _card(
            release,
            rows[position],
            titles.get(position, {}),
            values.get(position, {}),
            excerpts.get(position, ""),
        )
        for position in positions
        if position in rows
    )


def suggest(release: Release, name: str) -> tuple[Card, ...]:
    """Return the practices whose words are nearest to those of a name that is not there."""
    words = read_words(name.replace("-", " "))
    if not words:
        return ()
    rows = release.index.rows("suggestions", words=any_of(words))
    return read_cards(release, [row[0] for row in rows])


def _card(release: Release, row: sqlite3.Row, titles: Mapping[str, str], values: Values, found: str) -> Card:
    summary = row["summary"]
    title = best(dict(titles))
    if title is None or title.lang not in preferred.get():
        title = Text(row["title"], row["title_lang"] or "")
    known = (topic for topic in values.get("topic", ()) if ("topic", topic) in release.labels)
    return Card(
        slug=row["slug"],
        title=title,
        cities=_names(release, "city", values),
        countries=_names(release, "country", values),
        date_text=row["date_text"] or "",
        topics=links(release, (TOPIC + topic for topic in known)),
        summary=Text(shorten(summary), row["summary_lang"] or "") if summary else None,
        excerpt=found,
    )


def _names(release: Release, facet: str, values: Values) -> tuple[Text, ...]:
    return tuple(
        best(release.labels.get((facet, value), {})) or Text(value) for value in values.get(facet, ())
    )


def shorten(text: str, letters: int = SUMMARY_LETTERS) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= letters:
        return text
    cut = text[:letters]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—-") + " …"
