"""Search files: what the list of an exported site searches and filters by, in the reader's browser.

All numbers are positions in the order of titles, from 1. ``index.json`` has the filters and orders; words are in one
file for each first letter and cards in blocks, so that a search loads a few files however many practices there are.
"""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template

from endpoint.catalogue.bitset import members
from endpoint.catalogue.open_release import ORDERS, Release
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.service import current_release
from endpoint.language.interface_languages import INTERFACE
from endpoint.pages.cards import read_cards
from pipeline.language.stemming import folded, words_of

FOLDER = "/search"
INDEX = f"{FOLDER}/index.json"
CARDS = f"{FOLDER}/cards"

cards = Blueprint("cards", __name__)

_MARK = "\x1e"
_BLOCK = 50
_FACETS = ("topic", "country", "year", "status", "running", "collection")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_HEADINGS = ("title", "places", "topics")


def index_file(release: Release) -> bytes:
    """Return the filters with the practices that have them, the orders, and the slugs."""
    order = release.order("title")
    facets: dict[str, dict[str, list[int]]] = {facet: {} for facet in _FACETS}
    for (facet, value), bits in sorted(release.facets.bits.items()):
        if facet in facets:
            facets[facet][value] = list(members(bits, order))
    slugs = [row["slug"] for row in release.index.rows("slugs", positions=positions_as_json(order))]
    orders = {name: list(release.order(name)) for name in ORDERS}
    return _json({"slugs": slugs, "block": _BLOCK, "facets": facets, "orders": orders})


def word_files(release: Release) -> Iterator[tuple[str, bytes]]:
    """Yield each file of words: the practices with a word in a heading, and those with it in the text only."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for row in release.index.rows("searched"):
        headings = {folded(word) for name in _HEADINGS for word in words_of(row[name])}
        texts = {folded(word) for word in words_of(row["text"])} - headings
        for number, words in enumerate((headings, texts)):
            for word in words:
                found.setdefault(word, ([], []))[number].append(row["position"])
    files: dict[str, dict[str, tuple[list[int], list[int]]]] = {letter: {} for letter in (*_LETTERS, "other")}
    for word in sorted(found):
        files[word[0] if word[0] in _LETTERS else "other"][word] = found[word]
    for letter in sorted(files):
        yield f"{FOLDER}/words-{letter}.json", _json(files[letter])


def card_pages(release: Release) -> Iterator[tuple[str, str, str]]:
    """Yield for each block of cards its file's path, the path that renders it, and that of the page that shows it."""
    for number, language in enumerate(INTERFACE):
        prefix = f"/{language}" if number else ""
        for block in range(-(-release.practices // _BLOCK)):
            yield f"{FOLDER}/cards-{language}-{block}.json", f"{prefix}{CARDS}/{block}", f"{prefix}/practices"


def split_cards(text: str) -> bytes:
    """Return the cards of a block as a list in JSON."""
    return _json([" ".join(card.split()) for card in text.split(_MARK)[:-1]])


@cards.get(f"{CARDS}/<int:block>")
def block_of_cards(block: int) -> str:
    """Answer with the cards of a block, each with a mark after it."""
    release = current_release()
    positions = list(release.order("title")[block * _BLOCK : (block + 1) * _BLOCK])
    return render_template("exported_cards.html", cards=read_cards(release, positions), mark=_MARK)


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
