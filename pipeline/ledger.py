"""The ledger: which slugs were published, for which keys, and when their records were first and last changed."""

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.errors import EnvironmentFault
from pipeline.iris import is_slug
from pipeline.slugs import slugify, with_hash

_SCHEMA = files("pipeline").joinpath("ledger.sql")
_ALIKE = 50  # per cent of two titles in the same place, above which one may be the other renamed
STATES = ("published", "held back", "withdrawn", "merged")


class Entry(NamedTuple):
    """One line of the ledger; dates are xsd:dateTime in UTC, ``run`` is the release version that last changed it.

    ``run`` is empty while the version of the release being built is not known yet.
    """

    slug: str
    state: str
    title: str
    hash: str
    issued: str
    modified: str
    run: str
    since: str
    replaced_by: str
    keys: str

    @property
    def is_public(self) -> bool:
        """Tell whether the record has a page in the release."""
        return self.state in ("published", "held back")


COLUMNS = Entry._fields
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM entry"  # noqa: S608 — the columns are ours


class Ledger:
    """The ledger of the last release, brought up to date record by record."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA.read_text(encoding="utf-8"))
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Close the database; its file may then be deleted."""
        self._db.close()

    def load(self, lines: Iterable[str], name: str) -> None:
        """Read a ledger file; raise EnvironmentFault naming the line that is damaged."""
        reader = csv.DictReader(lines, restval="")
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise EnvironmentFault(f"{name} is no ledger: its first line must be {','.join(COLUMNS)}.")
        for record in reader:
            if not is_slug(record["slug"]) or record["state"] not in STATES:
                raise EnvironmentFault(
                    f"{name}, line {reader.line_num}: no such slug or state; restore the file."
                )
            self._store(Entry(**{column: record[column] for column in COLUMNS}))

    def _store(self, entry: Entry, claimed: bool = False, seen: bool = False, fresh: bool = False) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*entry, claimed, seen, fresh),
        )
        keys = [(key, entry.slug) for key in entry.keys.split("\n") if key]
        self._db.executemany("INSERT OR IGNORE INTO entry_key VALUES (?, ?)", keys)

    def entry(self, slug: str) -> Entry | None:
        """Return the entry of a slug."""
        found = self._db.execute(f"{_SELECT} WHERE slug = ?", (slug,)).fetchone()
        return Entry(*found) if found else None

    def claim(self, keys: Sequence[str], wanted: str) -> str:
        """Return the slug of the practice with these keys: the one it had, else a new one made from ``wanted``.

        A slug is given to one practice a build only.
        """
        slug = self._known_slug(keys)
        if slug is not None:
            self._db.execute("UPDATE entry SET claimed = 1 WHERE slug = ?", (slug,))
            return slug
        slug = slugify(wanted)
        if self.entry(slug) is not None:
            slug = with_hash(slug, "\n".join(keys) or wanted)
        self._store(Entry(slug, "withdrawn", "", "", "", "", "", "", "", ""), claimed=True)
        return slug

    def _known_slug(self, keys: Sequence[str]) -> str | None:
        has_stated_key = any(not key.startswith("title:") for key in keys)
        for key in keys:
            for entry in self._unclaimed_with(key):
                if not key.startswith("title:") or not has_stated_key or not _is_stated(entry):
                    return entry.slug
        return None

    def _unclaimed_with(self, key: str) -> Iterator[Entry]:
        query = (
            "SELECT slug FROM entry_key JOIN entry USING (slug)"
            " WHERE text = ? AND NOT claimed AND state <> 'merged' ORDER BY slug"
        )
        for (slug,) in self._db.execute(query, (key,)).fetchall():
            if (entry := self.entry(slug)) is not None:
                yield entry

    def dates(self, slug: str, content: str, now: str) -> tuple[str, str]:
        """Return when a record was first published and when its content last changed, for this content."""
        before = self.entry(slug)
        if before is None or not before.hash:
            return now, now
        return before.issued, before.modified if before.hash == content else now

    def publish(self, slug: str, title: str, content: str, keys: Sequence[str], now: str) -> Entry:
        """Note that a slug is published with this content; return its entry."""
        before = self.entry(slug)
        known = before if before is not None and before.hash else None
        issued, modified = self.dates(slug, content, now)
        entry = Entry(slug, "published", title, content, issued, modified, "", "", "", "\n".join(keys))
        if known is not None:
            old_keys = [key for key in known.keys.split("\n") if key and key not in keys]
            run = known.run if known.hash == content else ""
            entry = entry._replace(run=run, keys="\n".join([*keys, *old_keys]))
        self._store(entry, claimed=True, seen=True, fresh=known is None)
        return entry

    def hold_back(self, slug: str) -> Entry:
        """Note that a slug keeps its last good version, since the newer one is in quarantine; return its entry."""
        self._db.execute("UPDATE entry SET state = 'held back', seen = 1 WHERE slug = ?", (slug,))
        entry = self.entry(slug)
        assert entry is not None
        return entry

    def to_withdraw(self) -> tuple[Entry, ...]:
        """Return the public entries that no row of this build has told of."""
        query = f"{_SELECT} WHERE NOT seen AND state IN ('published', 'held back') ORDER BY slug"
        return tuple(Entry(*found) for found in self._db.execute(query))

    def withdraw(self, slug: str, now: str) -> None:
        """Note that a record is withdrawn: its page becomes a tombstone."""
        self._db.execute("UPDATE entry SET state = 'withdrawn', since = ? WHERE slug = ?", (now, slug))

    def renames(self) -> Iterator[tuple[Entry, Entry]]:
        """Yield each record to be withdrawn that only its title identified, with the new record it may now be."""
        gone = [entry for entry in self.to_withdraw() if not _is_stated(entry)]
        fresh = map(Entry._make, self._db.execute(f"{_SELECT} WHERE fresh")) if gone else ()
        new = [entry for entry in fresh if not _is_stated(entry)]
        for old in gone:
            likely = [entry for entry in new if _place_in_key(entry) == _place_in_key(old)]
            best = max(likely, key=lambda entry: fuzz.ratio(entry.title, old.title), default=None)
            if best is not None and fuzz.ratio(best.title, old.title) >= _ALIKE:
                yield old, best

    def public_count(self) -> int:
        """Return how many records are public."""
        query = "SELECT count(*) FROM entry WHERE state IN ('published', 'held back')"
        return int(self._db.execute(query).fetchone()[0])

    def entries(self, run: str) -> Iterator[Entry]:
        """Yield the entries by slug, the run of new and changed ones filled in; mere reservations are left out."""
        for entry in map(Entry._make, self._db.execute(f"{_SELECT} WHERE hash <> '' ORDER BY slug")):
            yield entry if entry.run else entry._replace(run=run)


def _place_in_key(entry: Entry) -> str:
    return entry.keys.partition("\n")[0].rpartition("|")[2]


def _is_stated(entry: Entry) -> bool:
    return any(key.startswith(("id:", "slug:")) for key in entry.keys.split("\n"))


def ledger_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the lines of a ledger file (CSV, RFC 4180)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry in entries:
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(entry)
    yield buffer.getvalue()
