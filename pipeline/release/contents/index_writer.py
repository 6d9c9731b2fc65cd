"""The index: SQLite tables from which pages take lists, facets, search and tombstones."""

import marshal
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import digits

from pipeline.language.stemming import STEMMED, stemmed_phrase
from pipeline.model.practice import City, Practice
from pipeline.release.contents import completeness
from pipeline.release.contents.change_dates import write_change_dates
from pipeline.release.contents.common_words import write_common_words
from pipeline.release.contents.facet_labels import Labels
from pipeline.release.contents.index_entries import IndexEntry, entry_of, sort_key
from pipeline.release.contents.search_phrases import Phrase
from pipeline.release.folder.build_facts import RetiredRecord
from pipeline.system.data_files import text_of

_INSERT_PRACTICE = "INSERT INTO practice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_BATCH = 1000
_MOST_LANGUAGES = 6
_FEWEST_TEXTS = 0.01
"""How many of the texts must be in a language for the stems of its words to be worth a place in the index."""


@dataclass(slots=True)
class IndexRows:
    """What the index gathers of some practices."""

    entries: list[tuple[str, str, bytes, bytes]] = field(default_factory=list)
    facets: list[tuple[str, str, str]] = field(default_factory=list)
    addresses: list[tuple[str, str]] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    cities: dict[str, City] = field(default_factory=dict)

    def add(self, practice: Practice, digest: bytes, codes: Iterable[str] = ()) -> None:
        """Add a practice, the digest of what is published of it, and the codes of the findings on it."""
        entry = entry_of(practice)
        for city in practice.cities:
            self.cities.setdefault(city.key, city)
        self.entries.append((sort_key(entry.title), entry.slug, marshal.dumps(tuple(entry)), digest))
        self.facets += (*entry.facets(), *completeness.facets(practice, codes))
        self.addresses += entry.addresses()
        self.languages.update(entry.languages())


class IndexWriter:
    """Gathers entries on disk in any order and writes the index from them in the order of titles."""

    def __init__(self, path: Path, gathered: Path) -> None:
        self.cities: dict[str, City] = {}
        self._scratch = gathered
        self._languages: Counter[str] = Counter()
        self._db = sqlite3.connect(
            path.resolve().as_uri(), uri=True, isolation_level=None, check_same_thread=False
        )
        self._db.execute("ATTACH ? AS gathered", (str(gathered),))
        self._db.executescript(text_of(__package__, "index.sql"))
        self._db.execute("BEGIN")

    def add(self, rows: IndexRows) -> None:
        """Gather some practices."""
        for key, city in rows.cities.items():
            self.cities.setdefault(key, city)
        self._languages.update(rows.languages)
        self._db.executemany("INSERT INTO gathered.entry VALUES (?, ?, ?, ?)", rows.entries)
        self._db.executemany("INSERT INTO gathered.facet VALUES (?, ?, ?)", rows.facets)
        self._db.executemany("INSERT INTO gathered.address VALUES (?, ?)", rows.addresses)

    def add_finding(self, code: str, slugs: Iterable[str]) -> None:
        """Add a finding on practices that are gathered."""
        rows = [("finding", code, slug) for slug in slugs]
        self._db.executemany("INSERT INTO gathered.facet VALUES (?, ?, ?)", rows)

    def sort(self) -> None:
        """Make the entries readable in the order of titles; no more can be added."""
        self._db.execute("CREATE INDEX gathered.entry_order ON entry (sort_key, slug)")

    def entries(self) -> Iterator[IndexEntry]:
        """Yield the entries in the order of titles."""
        for (packed,) in self._db.execute("SELECT entry FROM gathered.entry ORDER BY sort_key, slug"):
            yield unpacked_entry(packed)

    def finish(
        self,
        labels: Labels,
        phrases: Iterable[Phrase],
        gone: Iterable[RetiredRecord],
        meta: dict[str, str],
        base: object,
        previous: Path | None,
    ) -> None:
        """Write the tables, close the index and delete what was gathered.

        ``base`` is what all pages depend on, ``previous`` the index of the previous release: see ``change_dates``.
        """
        practices = self._write_practices(labels)
        self._db.executemany("INSERT INTO label VALUES (?, ?, ?, ?)", labels.rows())
        self._db.executemany("INSERT INTO phrase VALUES (?, ?, ?)", sorted(set(phrases)))
        self._db.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)",
            [
                (key, labels.display("city", key), city.country, city.kind, city.latitude, city.longitude)
                for key, city in sorted(self.cities.items())
            ],
        )
        self._db.executemany(
            "INSERT INTO gone VALUES (?, ?, ?, ?, ?)",
            [(one.slug, one.status, one.title, one.since, one.replaced_by) for one in gone],
        )
        words = self._db.execute(text_of(__package__, "index-words.sql")).fetchall()
        languages = self._write_stems([word for word, _ in words if word.strip(digits)])
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", [*meta.items(), ("languages", languages)])
        self._db.executescript(text_of(__package__, "index-finish.sql"))
        write_common_words(self._db, words, practices)
        write_change_dates(self._db, base, meta["created"], previous)
        self.close()

    def _write_practices(self, labels: Labels) -> int:
        """Write the practices and what is searched of them; return how many there are."""
        read = self._db.execute("SELECT entry, digest FROM gathered.entry ORDER BY sort_key, slug")
        position = 0
        while digested := [(unpacked_entry(packed), digest) for packed, digest in read.fetchmany(_BATCH)]:
            rows = [
                (*_practice_row(at, entry, labels), digest)
                for at, (entry, digest) in enumerate(digested, position + 1)
            ]
            batch = [entry for entry, _ in digested]
            self._db.executemany(_INSERT_PRACTICE, rows)
            self._db.executemany(
                "INSERT INTO title VALUES (?, ?, ?)",
                [(entry.slug, language, text) for entry in batch for language, text in entry.titles],
            )
            searched = [_search_row(entry, labels) for entry in batch]
            self._db.executemany("INSERT INTO search VALUES (?, ?, ?, ?, ?)", searched)
            self._db.executemany(
                "INSERT INTO heading (rowid, title, places, topics) VALUES (?, ?, ?, ?)",
                [
                    (at, title, places, topics)
                    for at, (_, title, _, places, topics) in enumerate(searched, position + 1)
                ],
            )
            position += len(batch)
        return position

    def _write_stems(self, words: Sequence[str]) -> str:
        """Write the stems of the words of the search table, and return the languages of these stems."""
        fewest = self._languages.total() * _FEWEST_TEXTS
        common = [
            language
            for language, texts in self._languages.most_common()
            if texts >= fewest and language in STEMMED
        ][:_MOST_LANGUAGES]
        for language in common:
            stems = ((stemmed_phrase((word,), language), word) for word in words)
            self._db.executemany("INSERT INTO stem VALUES (?, ?)", stems)
        return " ".join(common)

    def close(self) -> None:
        """Close the index as it is and delete what was gathered."""
        self._db.close()
        self._scratch.unlink(missing_ok=True)


def unpacked_entry(packed: bytes) -> IndexEntry:
    """Return an entry of IndexRows."""
    return IndexEntry(*marshal.loads(packed))  # noqa: S302 — this process wrote it


def _practice_row(position: int, entry: IndexEntry, labels: Labels) -> tuple[object, ...]:
    return (
        entry.slug,
        position,
        entry.title,
        entry.title_lang,
        entry.summary,
        entry.summary_lang,
        entry.date_text,
        entry.start_year,
        entry.end_year,
        entry.ongoing,
        entry.issued,
        entry.modified,
        labels.places(entry),
    )


def _search_row(entry: IndexEntry, labels: Labels) -> tuple[str, str, str, str, str]:
    places = (labels.words("city", entry.cities), labels.words("country", entry.countries))
    return (
        entry.slug,
        " · ".join(dict.fromkeys(text for _, text in entry.titles)),
        entry.text,
        " · ".join(filter(None, places)),
        labels.words("topic", entry.topics),
    )
