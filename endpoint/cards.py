"""Cards: practices as lists show them, made from the index alone."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from endpoint.facts import Text
from endpoint.index import any_of
from endpoint.names import Link, links
from endpoint.release import Release
from endpoint.words import Words, excerpt, read_words
from pipeline.vocabulary import TOPIC

SUMMARY_LETTERS = 280


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in a list; ``excerpt`` is where the searched words stand, hits between U+0002 and U+0003."""

    slug: str
    title: Text
    places: str
    date_text: str
    topics: tuple[Link, ...]
    summary: Text | None
    excerpt: str = ""


def read_cards(release: Release, positions: Sequence[int], words: Words = ()) -> tuple[Card, ...]:
    """Return the practices at some positions, in the order of the positions."""
    wanted = json.dumps(list(positions))
    rows = {row["position"]: row for row in release.index.rows("cards", positions=wanted)}
    topics: dict[int, list[str]] = {}
    for position, slug in release.index.rows("card_topics", positions=wanted):
        topics.setdefault(position, []).append(TOPIC + slug)
    excerpts: dict[int, str] = {}
    if words:
        found = release.index.rows("texts", positions=wanted)
        excerpts = {position: excerpt(text, words) for position, text in found}
    return tuple(
        _card(rows[position], links(release, topics.get(position, ())), excerpts.get(position, ""))
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


def _card(row: sqlite3.Row, topics: tuple[Link, ...], found: str) -> Card:
    summary = row["summary"]
    return Card(
        slug=row["slug"],
        title=Text(row["title"], row["title_lang"] or ""),
        places=row["places"] or "",
        date_text=row["date_text"] or "",
        topics=topics,
        summary=Text(shorten(summary), row["summary_lang"] or "") if summary else None,
        excerpt=found,
    )


def shorten(text: str, letters: int = SUMMARY_LETTERS) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= letters:
        return text
    cut = text[:letters]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—-") + " …"
