"""Scratch databases: SQLite files that live as long as a build, so nothing is done to keep them through a crash."""

import sqlite3
from importlib.resources import files
from pathlib import Path

_SETTINGS = files(__package__).joinpath("scratch_database.sql")


def scratch_database(path: Path, schema: str) -> sqlite3.Connection:
    """Return a new database with the tables of a schema, in a transaction that nobody ends."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(_SETTINGS.read_text(encoding="utf-8"))
    database.executescript(schema)
    database.execute("BEGIN")
    return database
