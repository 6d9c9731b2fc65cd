"""Themes: the collections that a steward defines, each by one line of topics and words.

They are in ``ontology/collections.csv``; a file ``collections.csv`` in the folder with the releases
takes its place.
"""

import csv
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from endpoint.catalogue.bitset import Bits, bits_of
from endpoint.catalogue.search_index import Index, all_of
from endpoint.catalogue.search_words import read_words
from pipeline.rdf.iris import is_slug
from pipeline.rdf.vocabulary import ontology_directory

FILE_NAME = "collections.csv"

_log = logging.getLogger(__name__)
_NAMES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Theme:
    """A collection: the practices that have one of its topics or in which one of its words occurs."""

    slug: str
    names: Mapping[str, str]
    topics: tuple[str, ...]
    words: tuple[str, ...]


def read_themes(output: Path) -> tuple[Theme, ...]:
    """Return the collections for the releases in a folder; a line that cannot be used is logged and left out."""
    own = output / FILE_NAME
    path = own if own.is_file() else ontology_directory() / FILE_NAME
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(_themes(csv.DictReader(lines), path))
    except (OSError, ValueError, csv.Error) as error:
        _log.error("the collections in %s cannot be read (%s): none are offered", path, error)
        return ()


def theme_bits(theme: Theme, index: Index, bits: Mapping[tuple[str, str], Bits]) -> Bits:
    """Return the practices of a collection."""
    matching = 0
    for topic in theme.topics:
        matching |= bits.get(("topic", topic), 0)
    for phrase in theme.words:
        if words := read_words(phrase):
            matching |= bits_of([row[0] for row in index.rows("theme_matches", words=all_of(words))])
    return matching


def _themes(rows: "csv.DictReader[str]", path: Path) -> Iterator[Theme]:
    for row in rows:
        slug = (row.get("slug") or "").strip()
        names = {language: name for language in _NAMES if (name := (row.get(language) or "").strip())}
        if is_slug(slug) and names:
            yield Theme(slug, names, _split(row.get("topics")), _split(row.get("words")))
        else:
            _log.error(
                "%s, line %d: a collection needs a slug of a-z, 0-9 and hyphens, and a name in the column en or fr",
                path,
                rows.line_num,
            )


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(part for text in (cell or "").split("|") if (part := text.strip()))
