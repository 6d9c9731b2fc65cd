"""The last build of an output folder: what it began with and said, so that nobody has to wait for the same again.

A build that begins with the same files, settings, program and records as the last one publishes the same release. What
it says is then read from a file beside the releases.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

from pipeline.findings.accounting import Accounting
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding
from pipeline.records.journal import Journal, findings_in
from pipeline.release.fingerprint import same_release
from pipeline.release.folder.build_facts import PublishedRelease
from pipeline.release.folder.folders import current
from pipeline.release.folder.manifest import facts_of, read_manifest
from pipeline.sources.folder import files_of
from pipeline.steps.publish import BuildOutcome, RecordCounts
from pipeline.steps.settings import BuildSettings
from pipeline.system.clock import current_time, timestamp

_FILE = ".last-build.gz"
_PACKAGES = ("pipeline", "ontology", "shapes")
_NAME = re.compile(r"[\w.-]+")


class LastBuild:
    """What is remembered of the last build of an output folder, beside a build that is about to begin."""

    def __init__(self, sources: Sequence[Path], settings: BuildSettings) -> None:
        self._sources = sources
        self._settings = settings
        self._folder = settings.output
        self._file = settings.output / _FILE
        self._beginning = _beginning_of(sources, settings)

    def outcome(self) -> BuildOutcome | None:
        """Return how the last build ended if this one would repeat it, and all that it wrote is still there."""
        chosen = self._settings
        if chosen.force or chosen.dry_run or chosen.suggest is not None or not self._beginning:
            return None
        try:
            with gzip.open(self._file, "rt", encoding="ascii") as lines:
                stored = json.loads(next(lines))
            if stored["beginning"] != self._beginning or stored["quarantine"] != self._quarantine():
                return None
            release = same_release(self._folder, stored["release"])
            if release is None or release != current(self._folder):
                return None
            version = read_manifest(release).version
            published = PublishedRelease(version, release.name, release, changed=False, is_current=True)
            numbers = Accounting(**stored["accounting"])
            counts = RecordCounts(numbers.practices, unchanged=numbers.practices)
            withheld = tuple(self._folder / "quarantine" / name for name in stored["withheld"])
            suggestions = self._folder / "quarantine" / stored["suggested"] if stored["suggested"] else None
            return BuildOutcome(published, numbers, counts, withheld, suggestions)
        except (OSError, EOFError, ValueError, KeyError, TypeError, StopIteration):
            return None

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings of the last build in their order."""
        with gzip.open(self._file, "rt", encoding="ascii") as lines:
            next(lines)
            yield from findings_in(lines)

    def remember(self, outcome: BuildOutcome, journal: Journal, *, joins: bool) -> None:
        """Remember how this build ended, unless its sources have changed meanwhile or the next one may differ.

        It may where records came, went or were joined: what is said then depends on the release before.
        """
        assert outcome.published is not None
        counts = outcome.counts
        may_differ = counts.merged or counts.withdrawn or counts.held_back or self._settings.add or joins
        if (outcome.published.changed and may_differ) or not outcome.published.is_current:
            return
        if not self._beginning or _beginning_of(self._sources, self._settings) != self._beginning:
            return
        stored = {
            "beginning": self._beginning,
            "release": read_manifest(outcome.published.path).fingerprint,
            "accounting": outcome.accounting.as_json(),
            "quarantine": self._quarantine(),
            "withheld": [path.name for path in outcome.quarantine],
            "suggested": outcome.suggestions.name if outcome.suggestions is not None else "",
        }
        draft = self._file.with_suffix(".draft")
        with gzip.open(draft, "wt", encoding="ascii", compresslevel=1) as file:
            file.write(json.dumps(stored) + "\n")
            file.writelines(journal.lines())
        draft.replace(self._file)

    def _quarantine(self) -> dict[str, str]:
        """Return the files for the steward as they are now, each with the hash of its bytes."""
        folder = self._folder / "quarantine"
        files_there = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
        return {path.name: facts_of(path).sha256 for path in files_there}


def _beginning_of(sources: Sequence[Path], settings: BuildSettings) -> str:
    """Return a hash of all that a build begins with, its output folder apart; empty where that is not known."""
    given = [*sources, *filter(None, (settings.corrections,))]
    try:
        contents = [(str(path.resolve()), _contents(path)) for path in given]
    except (OSError, ValueError, SourceError):
        return ""
    said = (settings.base_iri, settings.strict, settings.add, settings.allow_withdrawals, settings.text)
    own = [str(path.resolve()) for path in settings.own_texts]
    dataset = sorted(settings.dataset.items())
    year = timestamp(current_time())[:4]
    has_corrections = settings.corrections is not None
    parts = (contents, has_corrections, said, own, settings.language, dataset, year, _program())
    return sha256(json.dumps(parts).encode()).hexdigest()


def _contents(path: Path) -> list[tuple[str, str]]:
    """Return the files that a source names, each with the hash of its bytes; raise OSError for what is no file."""
    files_there = files_of(path)
    if others := [file for file in files_there if not file.is_file()]:
        raise FileNotFoundError(f"{others[0]} is not a file that can be read twice")
    return [(str(file), facts_of(file).sha256) for file in files_there]


@cache
def _program() -> str:
    """Return a hash of the program: its files, and the versions of Python and of the libraries."""
    digest = sha256(sys.version.encode())
    for package in _PACKAGES:
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)} {facts_of(path).sha256}\n".encode())
    for library in _libraries():
        digest.update(f"{library}\n".encode())
    return digest.hexdigest()


def _libraries() -> Iterator[str]:
    """Yield the libraries of the program that are installed, each with its version."""
    with suppress(PackageNotFoundError):
        for name in filter(None, map(_NAME.match, requires("practicegraph") or ())):
            with suppress(PackageNotFoundError):
                yield f"{name[0]} {version(name[0])}"
