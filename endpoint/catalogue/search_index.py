"""The search index of a release: named SQL questions, each in its own file, over a read-only SQLite file."""

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from endpoint.catalogue.search_words import Words, is_beginning, without_covered
from pipeline.system.data_files import text_of

_HAS_NO_DATES_OF_CHANGE = (
    "SELECT sum(name = 'modified') > sum(name = 'changed') FROM pragma_table_info('practice')"
)
_DATES_OF_RECORDS = (
    "CREATE TEMP VIEW practice AS SELECT *, coalesce(modified, '') AS changed FROM main.practice"
)
"""In the index of an older release, a practice has only the date that its record states."""


class Index:
    """A release's index.sqlite, open for reading, with one connection for each thread that asks."""

    def __init__(self, path: Path) -> None:
        self._address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        weakref.finalize(self, _close, self._connections)
        self._connection()

    def rows(self, question: str, **values: object) -> Iterator[sqlite3.Row]:
        """Return the rows that answer the question in ``queries/{question}.sql``."""
        return self._connection().execute(text_of(__package__, f"queries/{question}.sql"), values)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._address, uri=True, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            if connection.execute(_HAS_NO_DATES_OF_CHANGE).fetchone()[0]:
                connection.execute(_DATES_OF_RECORDS)
            self._local.connection = connection
            self._connections.append(connection)
        return connection


def _close(connections: list[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()


def all_of(words: Words) -> str:
    """Return an FTS5 expression: every word must occur in one of its spellings."""
    return " AND ".join(_spelling_groups(words))


def within_headings(expression: str) -> str:
    """Return an FTS5 expression with its words only in titles, places and topics."""
    return f"{{title places topics}} : ({expression})"


def any_of(words: Words) -> str:
    """Return an FTS5 expression: one of the words must occur."""
    return " OR ".join(_spelling_groups(words))


def in_prose(words: Words) -> str:
    """Return an FTS5 expression: every word must occur in a title or a text."""
    return f"{{title text}} : ({all_of(words)})"


def any_in_title(words: Words) -> str:
    """Return an FTS5 expression: one of the words must occur in a title."""
    return f"title : ({any_of(words)})"


def one_phrase_of(phrases: Iterable[Words]) -> str:
    """Return an FTS5 expression: all words of one of the phrases must occur, none as the beginning of another."""
    exact = (
        (" OR ".join(f'"{spelling}"' for spelling in spellings) for spellings in words) for words in phrases
    )
    return " OR ".join("(" + " AND ".join(f"({each})" for each in words) + ")" for words in exact)


def _spelling_groups(words: Words) -> Iterator[str]:
    for spellings in words:
        yield "(" + " OR ".join(map(_quoted, without_covered(spellings))) + ")"


def _quoted(spelling: str) -> str:
    return f'"{spelling.rstrip("*")}"' + ("*" if is_beginning(spelling) else "")


def positions_as_json(positions: Iterable[int]) -> str:
    """Return positions as the questions in which they stand read them."""
    return json.dumps(list(positions))


def first(rows: Iterator[sqlite3.Row]) -> Any:
    """Return the first row, None if there is none."""
    return next(rows, None)
