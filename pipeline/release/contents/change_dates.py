"""Dates of change: since when each list of practices is as it is, so that harvesters may ask by date.

The latest date among its practices does not tell: a list also changes when a practice leaves it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path

EVERYTHING = ("", "everything")
"""The facet and value of the list of all practices."""

BASE = ("", "base")
"""The facet and value of what every page and document depends on: software, vocabulary, facts on the dataset."""

BEGAN = ("", "began")
"""The facet and value of the date of the first release: what all pages depend on has changed if it is later."""

Digest = tuple[str, str, str]
"""Facet, value, and a hash of all that a list of practices shows."""

_PRACTICES = "SELECT slug, modified FROM practice ORDER BY slug"
_FACETS = (
    "SELECT facet.facet, facet.value, practice.slug, practice.modified "
    "FROM facet JOIN practice USING (slug) ORDER BY facet.facet, facet.value, practice.slug"
)


def write_change_dates(db: sqlite3.Connection, base: object, now: str, previous: Path | None) -> None:
    """Write since when each list has been as it is; one that the previous index has alike keeps its date.

    ``base`` is what all pages depend on, as JSON can say it; ``previous`` is the index of the previous release.
    """
    known = _known(previous)
    rows = (
        (facet, value, digest, known.get((facet, value, digest), now))
        for facet, value, digest in _digests(db, base)
    )
    db.executemany("INSERT INTO changed VALUES (?, ?, ?, ?)", list(rows))


def _digests(db: sqlite3.Connection, base: object) -> Iterator[Digest]:
    yield *BEGAN, ""
    yield *BASE, sha256(json.dumps(base, sort_keys=True).encode()).hexdigest()
    yield *EVERYTHING, _digest(db.execute(_PRACTICES))
    for (facet, value), rows in groupby(db.execute(_FACETS), itemgetter(0, 1)):
        yield facet, value, _digest(row[2:] for row in rows)


def _digest(rows: Iterable[tuple[str, str]]) -> str:
    digest = sha256()
    for slug, modified in rows:
        digest.update(f"{slug} {modified}\n".encode())
    return digest.hexdigest()


def _known(previous: Path | None) -> dict[Digest, str]:
    """Return the dates of the previous release, none where it has no such table or cannot be read."""
    if previous is None:
        return {}
    try:
        db = sqlite3.connect(f"{previous.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        return {}
    try:
        rows = db.execute("SELECT facet, value, digest, since FROM changed")
        return {(facet, value, digest): since for facet, value, digest, since in rows}
    except sqlite3.Error:
        return {}
    finally:
        db.close()
