"""Search files: what the list of an exported site searches and filters by, in the reader's browser.

All numbers are positions in the order of titles, from 1. ``index.json`` has the filters and orders; words are in one
file for each first letter and cards in blocks, so that a search loads a few files however many practices there are.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, render_template

from endpoint.catalogue.bitset import positions_in
from endpoint.catalogue.filters import name_of
from endpoint.catalogue.open_release import ORDERS, Release
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.service import current_release
from endpoint.catalogue.suggestions import SearchSuggestion
from endpoint.language.interface_languages import INTERFACE, language_path
from endpoint.pages.cards import read_cards
from endpoint.site.shortlist import briefs, criteria
from endpoint.site.suggest_routes import suggestion
from pipeline.language.stemming import fold_word, words_of

FOLDER = "/search"
INDEX = f"{FOLDER}/index.json"
CARDS = f"{FOLDER}/cards"

cards = Blueprint("cards", __name__)

_MARK = "\x1e"
_BLOCK = 50
_COMPARED = 10
_FACETS = ("topic", "country", "year", "status", "running", "collection")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_SUGGESTED = ("topic", "country", "city")
_HEADINGS = ("title", "places", "topics")


def index_file(release: Release) -> bytes:
    """Return the filters with the practices that have them, the orders, and the slugs."""
    facets: dict[str, dict[str, list[int]]] = {facet: {} for facet in _FACETS}
    for (facet, value), bits in sorted(release.facets.bits.items()):
        if facet in facets:
            facets[facet][value] = list(positions_in(bits))
    slugs = [
        row["slug"] for row in release.index.rows("slugs", positions=positions_as_json(release.positions))
    ]
    orders = {name: list(release.in_order(release.facets.everything, name)) for name in ORDERS}
    return _json({"slugs": slugs, "block": _BLOCK, "compared": _COMPARED, "facets": facets, "orders": orders})


def word_files(release: Release) -> Iterator[tuple[str, bytes]]:
    """Yield each file of words: the practices with a word in a heading, and those with it in the text only."""
    positions: dict[str, tuple[list[int], list[int]]] = {}
    for row in release.index.rows("searched"):
        headings = {fold_word(word) for name in _HEADINGS for word in words_of(row[name])}
        texts = {fold_word(word) for word in words_of(row["text"])} - headings
        for number, words in enumerate((headings, texts)):
            for word in words:
                positions.setdefault(word, ([], []))[number].append(row["position"])
    files: dict[str, dict[str, tuple[list[int], list[int]]]] = {letter: {} for letter in (*_LETTERS, "other")}
    for word in sorted(positions):
        files[word[0] if word[0] in _LETTERS else "other"][word] = positions[word]
    for letter in sorted(files):
        yield f"{FOLDER}/words-{letter}.json", _json(files[letter])


def fragment_pages(release: Release) -> Iterator[tuple[str, str, str]]:
    """Yield for each block of cards or tables its file, the path that renders it, and that of the page with them."""
    for language in INTERFACE:
        prefix = language_path(language)
        for block in range(-(-release.practices // _BLOCK)):
            yield f"{FOLDER}/cards-{language}-{block}.json", f"{prefix}{CARDS}/{block}", f"{prefix}/practices"
        for block in range(-(-release.practices // _COMPARED)):
            file = f"{FOLDER}/compared-{language}-{block}.json"
            yield file, f"{prefix}{FOLDER}/compared/{block}", f"{prefix}/compare"


def split_fragments(text: str) -> bytes:
    """Return the cards or tables of a block as a list in JSON."""
    return _json([" ".join(card.split()) for card in text.split(_MARK)[:-1]])


@cards.get(f"{CARDS}/<int:block>")
def block_of_cards(block: int) -> str:
    """Answer with the cards of a block, each with a mark after it."""
    release = current_release()
    positions = list(release.positions[block * _BLOCK : (block + 1) * _BLOCK])
    return render_template("exported_cards.html", cards=read_cards(release, positions), mark=_MARK)


@cards.get(f"{FOLDER}/compared/<int:block>")
def block_of_comparisons(block: int) -> str:
    """Answer with a table for each practice of a block, as a comparison shows it, with a mark after it."""
    release = current_release()
    order = release.positions[block * _COMPARED : (block + 1) * _COMPARED]
    pages = briefs(row["slug"] for row in release.index.rows("slugs", positions=positions_as_json(order)))
    compared = [((page,), *criteria((page,)).values()) for page in pages]
    return render_template("exported_comparisons.html", compared=compared, mark=_MARK)


@cards.get(f"{FOLDER}/suggestions")
def suggestion_list() -> Response:
    """Answer with all suggestions: topics, countries, cities, and practices by their titles."""
    release = current_release()
    counts = Counter(
        {(facet, value): bits.bit_count() for (facet, value), bits in release.facets.bits.items()}
    )
    for row in release.index.rows("place_counts", positions=None):
        counts["city", row["key"]] = row["practices"]
    entries = [
        {
            **suggestion(
                SearchSuggestion(facet, value, name_of(release, facet, value), counts[facet, value])
            ),
            "names": [*labels.values()],
        }
        for (facet, value), labels in sorted(release.labels.items(), key=_suggested_order)
        if facet in _SUGGESTED and counts[facet, value]
    ]
    for card in read_cards(release, release.positions):
        beside = ", ".join(place.text for place in (*card.cities, *card.countries))
        suggested = SearchSuggestion("practice", card.slug, card.title, beside=beside)
        entries.append({**suggestion(suggested), "names": []})
    return Response(_json(entries), content_type="application/json")


def suggestion_pages() -> Iterator[tuple[str, str]]:
    """Yield the file of the suggestions in each language, and the path that renders it."""
    for language in INTERFACE:
        yield f"{FOLDER}/suggestions-{language}.json", f"{language_path(language)}{FOLDER}/suggestions"


def with_links(text: str, link: Callable[[str], str | None]) -> bytes:
    """Return suggestions with links to files; those without a file are left out."""
    entries = ({**each, "href": link(each["href"])} for each in json.loads(text))
    return _json([each for each in entries if each["href"]])


def _suggested_order(labelled: tuple[tuple[str, str], dict[str, str]]) -> tuple[int, str]:
    (facet, value), _ = labelled
    return _SUGGESTED.index(facet) if facet in _SUGGESTED else len(_SUGGESTED), value


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
