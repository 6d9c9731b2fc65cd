"""Scratch databases: SQLite files that live as long as a build, so nothing is done to keep them through a crash."""

import sqlite3
from pathlib import Path

from pipeline.system.data_files import text_of


def scratch_database(path: Path, schema: str) -> sqlite3.Connection:
    """Return a new database with the tables of a schema, in a transaction that nobody ends."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(text_of(__package__, "scratch_database.sql"))
    database.executescript(schema)
    database.execute("BEGIN")
    return database
