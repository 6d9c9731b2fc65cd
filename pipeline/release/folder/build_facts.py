"""What a build gives its release besides the practices, and what it gets back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    """How a release is written.

    ``keep`` is how many releases stay, the current one among them; ``load_lines`` bounds the memory of loading the
    store.
    """

    keep: int = 3
    gzip_level: int = 3
    load_lines: int = 500_000


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One source of a build: its name, the hash and size of its bytes, and how many rows it has."""

    name: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class RetiredRecord:
    """A slug that was published once: withdrawn, or merged and then with the slug that replaced it."""

    slug: str
    status: str
    title: str
    since: str
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What is true of one build.

    ``created`` is an xsd:dateTime in UTC and is in manifest and index only. ``report`` (findings and
    summary) must contain no time of its own, since a changed report makes a new release. ``ledger`` is a text in
    pieces, ``provenance`` N-Triples lines about the run and its sources. ``dataset`` replaces what the dataset file
    says: title, description, publisher, contact, licence. ``history`` is the file that carries on the history of the
    last release.
    """

    software: str
    created: str
    report: Mapping[str, Any]
    sources: tuple[SourceFacts, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    report_turtle: str | None = None
    ledger: Iterable[str] = ()
    provenance: Iterable[str] = ()
    gone: tuple[RetiredRecord, ...] = ()
    dataset: Mapping[str, str] = field(default_factory=dict)
    history: Path | None = None


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """The outcome of a build: ``changed`` is false when the same release was there already.

    ``name`` is the release's folder, the version itself unless that folder was taken; ``is_current`` is false
    while an older release is pinned.
    """

    version: str
    name: str
    path: Path
    changed: bool
    is_current: bool
