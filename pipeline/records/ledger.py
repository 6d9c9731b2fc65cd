"""The ledger: which slugs were published, their keys, and when their records first appeared and last changed."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.language.slugs import slugify, with_hash
from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.iris import is_slug
from pipeline.system.data_files import text_of
from pipeline.system.scratch_database import scratch_database

_INSERT = "INSERT OR IGNORE INTO entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
_REPLACE = "INSERT OR REPLACE INTO entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
_ALIKE = 50  # per cent of two titles in the same place, above which one may be the other renamed
_TIMES = ("issued", "modified", "since")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")
STATES = ("published", "held back", "withdrawn", "merged")


class LedgerEntry(NamedTuple):
    """One line of the ledger; dates are xsd:dateTime in UTC, ``run`` is the release version that last changed it.

    ``run`` is empty while the version of the release being built is not known yet.
    """

    slug: str
    state: str = "withdrawn"
    title: str = ""
    hash: str = ""
    issued: str = ""
    modified: str = ""
    run: str = ""
    since: str = ""
    replaced_by: str = ""
    keys: str = ""

    @property
    def is_public(self) -> bool:
        """Return whether the record has a page in the release."""
        return self.state in ("published", "held back")


COLUMNS = LedgerEntry._fields
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM entry"  # noqa: S608 — the columns are ours


def dates_of(before: LedgerEntry | None, content: str, now: str) -> tuple[str, str]:
    """Return when a record was first published and when its content last changed, for this content."""
    if before is None:
        return now, now
    return before.issued, before.modified if before.hash == content else max(now, before.modified)


class Ledger:
    """The ledger of the last release, brought up to date record by record."""

    def __init__(self, path: Path) -> None:
        self._db = scratch_database(path, text_of(__package__, "ledger.sql"))
        self._is_empty = True
        self._redirects: dict[str, str] = {}
        self._slugs: dict[str, str] = {}

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
            if not all(_TIME.fullmatch(record[column]) for column in _TIMES):
                raise EnvironmentFault(
                    f"{name}, line {reader.line_num}: a time is not written like 2026-11-29T10:00:00Z; "
                    "restore the file, and do not save it from a spreadsheet program."
                )
            self.add(LedgerEntry(**{column: record[column] for column in COLUMNS}))

    def add(self, entry: LedgerEntry) -> None:
        """Take over an entry of the last release."""
        self._store(entry)
        self._is_empty = False

    def _store(
        self, entry: LedgerEntry, claimed: bool = False, seen: bool = False, fresh: bool = False
    ) -> None:
        self._db.execute(_REPLACE, (*entry, claimed, seen, fresh))
        keys = [(key, entry.slug) for key in entry.keys.split("\n") if key]
        self._db.executemany("INSERT OR IGNORE INTO entry_key VALUES (?, ?)", keys)

    def entry(self, slug: str) -> LedgerEntry | None:
        """Return the entry of a slug."""
        row = self._db.execute(f"{_SELECT} WHERE slug = ?", (slug,)).fetchone()
        return LedgerEntry(*row) if row else None

    def claim(self, keys: Sequence[str], wanted: str) -> str:
        """Return the slug of the practice with these keys: the one it had, else a new one made from ``wanted``.

        A slug is given to one practice a build only.
        """
        if (assigned := self._assigned_slug(keys)) is not None:
            return assigned
        slug = self._known_slug(keys)
        if slug is not None:
            self._db.execute("UPDATE entry SET claimed = 1 WHERE slug = ?", (slug,))
            return slug
        slug, other = new_slugs(keys, wanted)
        if not self._reserve(slug):
            slug = other
            self._reserve(slug)
        return slug

    def _reserve(self, slug: str) -> bool:
        """Claim a slug that nobody has; return whether that was so."""
        return self._db.execute(_INSERT, (*LedgerEntry(slug), True, False, False)).rowcount == 1

    def _assigned_slug(self, keys: Sequence[str]) -> str | None:
        stated = [key for key in keys if not key.startswith("title:")]
        return next((self._slugs[key] for key in stated or keys if key in self._slugs), None)

    def _known_slug(self, keys: Sequence[str]) -> str | None:
        if self._is_empty:
            return None
        has_stated_key = any(not key.startswith("title:") for key in keys)
        for key in keys:
            for entry in self._unclaimed_entries(key):
                if not key.startswith("title:") or not has_stated_key or not _is_stated(entry):
                    return entry.slug
        return None

    def _unclaimed_entries(self, key: str) -> Iterator[LedgerEntry]:
        query = (
            "SELECT slug FROM entry_key JOIN entry USING (slug) WHERE text = ? AND NOT claimed ORDER BY slug"
        )
        for (slug,) in self._db.execute(query, (key,)).fetchall():
            if (entry := self.entry(slug)) is not None:
                yield entry

    def unseen_with(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return the slugs of public records with one of these keys that no row of this build has yet."""
        query = (
            "SELECT slug FROM entry_key JOIN entry USING (slug)"
            " WHERE text = ? AND NOT seen AND state IN ('published', 'held back') ORDER BY slug"
        )
        return tuple(slug for key in keys for (slug,) in self._db.execute(query, (key,)).fetchall())

    def assign(self, keys: Iterable[str], slug: str) -> None:
        """Give a slug to the practice with one of these keys, and to no other; a title key counts where it is all."""
        self._slugs.update(dict.fromkeys(keys, slug))
        self._take(slug)

    def _take(self, slug: str) -> None:
        if self.entry(slug) is None:
            self._store(LedgerEntry(slug))
        self._db.execute("UPDATE entry SET claimed = 1 WHERE slug = ?", (slug,))

    def redirect(self, old: str, new: str) -> None:
        """Note that a published slug is merged into another, once that is public in this build."""
        self._redirects[old] = new
        self._take(old)

    def redirects_to(self, new: str) -> tuple[LedgerEntry, ...]:
        """Return the public entries that are to go on in a slug."""
        entries = (self.entry(old) for old, target in self._redirects.items() if target == new)
        return tuple(entry for entry in entries if entry is not None and entry.is_public)

    def refuse_redirects(self, new: str) -> tuple[LedgerEntry, ...]:
        """Forget what was to go on in a slug, since that is withheld; return the entries that were public."""
        refused = self.redirects_to(new)
        self._redirects = {old: target for old, target in self._redirects.items() if target != new}
        return refused

    def settle_redirects(self, now: str) -> tuple[tuple[str, str], ...]:
        """Mark entries as merged if their target is public now; return the new ones, old slug and new."""
        settled = []
        for old, new in self._redirects.items():
            entry, target = self.entry(old), self.entry(new)
            if entry is None or target is None or not target.is_public:
                continue
            if (entry.state, entry.replaced_by) != ("merged", new):
                self._store(entry._replace(state="merged", since=now, replaced_by=new), claimed=True)
                settled.append((old, new))
        return tuple(settled)

    def published_entry(self, slug: str) -> LedgerEntry | None:
        """Return the entry of a slug if a release has ever had a record of it."""
        entry = None if self._is_empty else self.entry(slug)
        return entry if entry is not None and entry.hash else None

    def publish(self, slug: str, title: str, content: str, keys: Sequence[str], now: str) -> LedgerEntry:
        """Note that a slug is published with this content; return its entry."""
        known = self.published_entry(slug)
        keys = self._own_keys(slug, keys, known)
        issued, modified = dates_of(known, content, now)
        entry = LedgerEntry(slug, "published", title, content, issued, modified, "", "", "", "\n".join(keys))
        if known is not None:
            old_keys = [key for key in known.keys.split("\n") if key and key not in keys]
            run = known.run if known.hash == content else ""
            entry = entry._replace(run=run, keys="\n".join([*keys, *old_keys]))
        self._store(entry, claimed=True, seen=True, fresh=known is None)
        return entry

    def _own_keys(self, slug: str, keys: Sequence[str], known: LedgerEntry | None) -> Sequence[str]:
        """Leave out the keys of records that go on in this one, so that they can part again."""
        if slug not in self._redirects.values():
            return keys
        foreign = {key for entry in self.redirects_to(slug) for key in entry.keys.split("\n")}
        own = known.keys.split("\n") if known is not None else ()
        return [key for key in keys if key in own or key not in foreign]

    def hold_back(self, slug: str) -> LedgerEntry:
        """Note that a slug keeps its last good version, since the newer one is in quarantine; return its entry."""
        self._db.execute("UPDATE entry SET state = 'held back', seen = 1 WHERE slug = ?", (slug,))
        entry = self.entry(slug)
        assert entry is not None
        return entry

    def to_withdraw(self) -> tuple[LedgerEntry, ...]:
        """Return the public entries without any row in this build."""
        query = f"{_SELECT} WHERE NOT seen AND state IN ('published', 'held back') ORDER BY slug"
        return tuple(LedgerEntry(*row) for row in self._db.execute(query))

    def withdraw(self, slug: str, now: str) -> None:
        """Note that a record is withdrawn: its page becomes a tombstone."""
        self._db.execute("UPDATE entry SET state = 'withdrawn', since = ? WHERE slug = ?", (now, slug))

    def renames(self) -> Iterator[tuple[LedgerEntry, LedgerEntry]]:
        """Yield each record to be withdrawn that only its title identified, with the new record it may now be."""
        gone = [entry for entry in self.to_withdraw() if not _is_stated(entry)]
        fresh = map(LedgerEntry._make, self._db.execute(f"{_SELECT} WHERE fresh")) if gone else ()
        new = [entry for entry in fresh if not _is_stated(entry)]
        for old in gone:
            likely = [entry for entry in new if _place_in_key(entry) == _place_in_key(old)]
            best = max(likely, key=lambda entry: fuzz.ratio(entry.title, old.title), default=None)
            if best is not None and fuzz.ratio(best.title, old.title) >= _ALIKE:
                yield old, best

    def latest(self) -> str:
        """Return the latest time that an entry names, empty for an empty ledger."""
        times = "SELECT max(max(issued, modified, since)) FROM entry"
        return str(self._db.execute(times).fetchone()[0] or "")

    def is_public(self, slug: str) -> bool:
        """Return whether a record is public."""
        entry = self.entry(slug)
        return entry is not None and entry.is_public

    def public_count(self) -> int:
        """Return how many records are public."""
        query = "SELECT count(*) FROM entry WHERE state IN ('published', 'held back')"
        return int(self._db.execute(query).fetchone()[0])

    def entries(self, run: str) -> Iterator[LedgerEntry]:
        """Yield the entries by slug, the run of new and changed ones filled in; mere reservations are left out."""
        for entry in map(LedgerEntry._make, self._db.execute(f"{_SELECT} WHERE hash <> '' ORDER BY slug")):
            yield entry if entry.run else entry._replace(run=run)


def new_slugs(keys: Sequence[str], wanted: str) -> tuple[str, str]:
    """Return the slug of a new practice that is made from ``wanted``, and the one where another has that."""
    slug = slugify(wanted)
    return slug, with_hash(slug, "\n".join(keys) or wanted)


def _place_in_key(entry: LedgerEntry) -> str:
    return entry.keys.partition("\n")[0].rpartition("|")[2]


def _is_stated(entry: LedgerEntry) -> bool:
    return any(key.startswith(("id:", "slug:")) for key in entry.keys.split("\n"))


def ledger_lines(entries: Iterable[LedgerEntry]) -> Iterator[str]:
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
