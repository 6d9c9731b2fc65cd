"""Common words: those that many practices of a large release have, stored with these practices.

To gather the practices with such a word takes a search as long as all its other work.
"""

import json
import sqlite3
from collections.abc import Sequence

from pipeline.release.contents.facet_bits import pack_positions

FEWEST_PRACTICES = 20_000
"""With fewer practices a search gathers those with any word in a moment."""

_SHARE = 0.1
"""A word is common in this share of all practices; a tenth of a million is gathered in 20 ms."""

_SHORTEST_BEGINNING = 5
"""Words of this length are searched as beginnings, too."""

_MATCHING = "SELECT json_group_array(rowid) FROM search WHERE search MATCH ?"


def write_common_words(db: sqlite3.Connection, words: Sequence[tuple[str, int]], practices: int) -> None:
    """Write the practices with the common ones of some words, which are sorted, each with its number of practices."""
    if practices < FEWEST_PRACTICES:
        return
    common = [word for word, count in words if count >= practices * _SHARE]
    known = {word for word, _ in words}
    beginnings = {
        word[:end]
        for word in common
        for end in range(_SHORTEST_BEGINNING, len(word) + 1)
        if word[:end] in known
    }
    for word in sorted({*common, *(f"{beginning}*" for beginning in beginnings)}):
        expression = f'"{word.rstrip("*")}"{"*" if word.endswith("*") else ""}'
        positions = json.loads(db.execute(_MATCHING, (expression,)).fetchone()[0])
        db.execute("INSERT INTO common VALUES (?, ?)", (word, pack_positions(positions, practices)))
