"""The log: every version of every record in the order of time, carried on from release to release."""

import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.records.history.record_contents import pack
from pipeline.system.clock import latest_time
from pipeline.system.data_files import text_of

HISTORY = "history.sqlite"
FORM = 1
KINDS = ("added", "changed", "restored", "withdrawn", "merged")

_HASH = 16
_BATCH = 1000


class LatestVersion(NamedTuple):
    """What is known of a record where its history is lost: its latest version."""

    at: str
    run: str
    slug: str
    kind: str
    hash: str
    replaced_by: str


class Log:
    """The history that a build carries on; a release's worth of versions is added, then it is finished."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[tuple[object, ...]] = []
        self._db: sqlite3.Connection | None = None
        self._release = 1
        self._number = 0
        self._first = 1
        self._last = ""

    def carry_on(self, before: Path) -> None:
        """Continue a history; raise ValueError if it cannot be read."""
        self.close()
        shutil.copyfile(before, self.path)
        try:
            self._connect()
            (form,) = self._database.execute("PRAGMA user_version").fetchone()
            if form != FORM:
                raise ValueError(f"the last history has form {form}, and this software reads form {FORM}")
            self._read_end()
        except sqlite3.Error as error:
            raise ValueError(f"the last history cannot be read ({error})") from error

    def begin(self, latest: Iterable[LatestVersion] = (), reason: str = "", now: str = "") -> None:
        """Begin a history with the latest versions of the records that there are, and why no more is known."""
        self.close()
        self.path.unlink(missing_ok=True)
        self._connect()
        self._database.executescript(text_of(__package__, "history_log.sql"))
        self._database.execute("BEGIN")
        if reason:
            self.note_gap(now, reason)
        for at, versions in groupby(sorted(latest), key=lambda each: each.at):
            built = list(versions)
            for each in built:
                self._add(each.slug, each.kind, each.hash, (), each.replaced_by)
            self._add_release(built[0].run, at, "", "")
            self._release, self._first, self._last = self._release + 1, self._number + 1, at
        self._store()
        if self._number:
            self._index()

    def note_gap(self, at: str, reason: str) -> None:
        """Note that not all versions from before a time are known, and why."""
        self._database.execute("INSERT INTO gap VALUES (?, ?)", (at, reason))

    @property
    def _database(self) -> sqlite3.Connection:
        assert self._db is not None
        return self._db

    def _connect(self) -> None:
        self._db = sqlite3.connect(self.path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")

    def _read_end(self) -> None:
        db = self._database
        (self._number,) = db.execute("SELECT coalesce(max(number), 0) FROM version").fetchone()
        self._first = self._number + 1
        row = db.execute("SELECT number, at FROM release ORDER BY number DESC LIMIT 1").fetchone()
        if row is not None:
            self._release, self._last = row[0] + 1, row[1]
        db.execute("BEGIN")

    def note(
        self,
        slug: str,
        kind: str,
        content_hash: str = "",
        *,
        fields: Sequence[str] = (),
        replaced_by: str = "",
        before: str = "",
    ) -> None:
        """Note what became of a record: one of KINDS.

        ``before`` are neutral lines that it says no more, empty if they are not known or there are none.
        """
        self._keep(slug, before)
        self._add(slug, kind, content_hash, fields, replaced_by)

    def _keep(self, slug: str, lines: str) -> None:
        """Keep what the latest version of a record says, now that it will be the latest no more."""
        if not lines:
            return
        self._store()
        latest = "SELECT number FROM version WHERE slug = ? ORDER BY number DESC LIMIT 1"
        latest_row = self._database.execute(latest, (slug,)).fetchone()
        if latest_row is not None:
            self._database.execute(
                "INSERT OR IGNORE INTO content VALUES (?, ?)", (latest_row[0], pack(lines))
            )

    def _add(
        self, slug: str, kind: str, content_hash: str = "", fields: Sequence[str] = (), replaced_by: str = ""
    ) -> None:
        self._number += 1
        row = (self._number, self._release, slug, kind, content_hash[:_HASH], " ".join(fields), replaced_by)
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self._store()

    def _store(self) -> None:
        self._database.executemany("INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting = []

    def _add_release(self, version: str, at: str, counts: str, quality: str) -> None:
        row = (self._release, version, at, self._first, self._number, counts, quality)
        self._database.execute("INSERT INTO release VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _index(self) -> None:
        self._database.execute("CREATE INDEX IF NOT EXISTS version_slug ON version (slug, number)")

    def finish(self, version: str, now: str, counts: Mapping[str, int], quality: Mapping[str, Any]) -> Path:
        """Close the history with the release that made it, and return its file.

        A release is later than the one before, also where the clock says otherwise.
        """
        self._store()
        numbers = json.dumps(dict(counts), sort_keys=True), json.dumps(dict(quality), sort_keys=True)
        self._add_release(version, latest_time(now, self._last), *numbers)
        self._index()
        self._database.execute("COMMIT")
        self.close()
        return self.path

    def close(self) -> None:
        """Close the database; its file may then be deleted."""
        if self._db is not None:
            self._db.close()
            self._db = None
