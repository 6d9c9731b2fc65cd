"""The last release as a build sees it: its ledger, its rows, and what its runs used."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, serialize

from pipeline.errors import EnvironmentFault, UsageError
from pipeline.findings import Place
from pipeline.history.log import HISTORY, Known, Log
from pipeline.iris import Deployment
from pipeline.ledger import Entry, Ledger
from pipeline.release import current
from pipeline.release.manifest import facts_of, read_manifest
from pipeline.rows import Row
from pipeline.staging import Staging
from pipeline.vocabulary import DCT, PROV, RDFS

ROWS = "rows.jsonl.gz"
LEDGER = "ledger.csv"
_SHA256 = "sha256:"
_PLACE = tuple(field.name for field in fields(Place))


class LastRelease:
    """The current release of an output folder; with no path, there is none yet and everything is empty."""

    def __init__(self, path: Path | None, deployment: Deployment) -> None:
        self.path = path
        self._deployment = deployment

    @property
    def created(self) -> str:
        """Return when the release was made; empty where that is not known."""
        try:
            return "" if self.path is None else read_manifest(self.path).created
        except ValueError:
            return ""

    def load_ledger(self, ledger: Ledger, carried: Path | None) -> None:
        """Fill the ledger from the release; into an empty folder, from a ledger file carried there."""
        path = self.path / LEDGER if self.path is not None else carried
        if path is None:
            return
        try:
            with path.open(encoding="utf-8", newline="") as lines:
                ledger.load(lines, str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The ledger {path} cannot be read: {error}.") from error

    def load_history(self, history: Log, ledger: Ledger, now: str) -> str:
        """Carry on the history of the release; return why that is not possible, and it begins with the ledger."""
        reason = ""
        try:
            if self.path is not None:
                history.carry_on(_sound(self.path))
                return ""
        except ValueError as error:
            reason = str(error)
        known = [_known(entry) for entry in ledger.entries("")]
        if known and not reason:
            reason = "only a ledger was carried here"
        history.begin(known, reason, now)
        return reason

    def keep_rows(self, staging: Staging, correct: Callable[[Row], Row]) -> None:
        """Stage the rows of every practice of the release, as --add wants them; without a release, none."""
        for _, rows in self.rows():
            for row in rows:
                staging.add(correct(row))

    def rows(self) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Yield each practice by its slug, with its rows; raise EnvironmentFault when they are damaged."""
        if self.path is None:
            return
        path = self.path / ROWS
        try:
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    kept = json.loads(line)
                    yield kept["slug"], tuple(_row(kept["slug"], found) for found in kept["rows"])
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise EnvironmentFault(
                f"{path} is damaged ({error}). Run “practicegraph verify” and roll back to a good release."
            ) from error

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each source that a run of the release used, by its name."""
        if self.path is None:
            return {}
        store = self._store()
        identifiers = store.quads_for_pattern(None, NamedNode(DCT + "identifier"), None, self._graph())
        found: dict[str, str] = {}
        for quad in identifiers:
            if isinstance(quad.object, Literal) and quad.object.value.startswith(_SHA256):
                for label in store.quads_for_pattern(
                    quad.subject, NamedNode(RDFS + "label"), None, self._graph()
                ):
                    found[_text(label.object)] = quad.object.value.removeprefix(_SHA256)
        return found

    def run_lines(self, versions: Iterable[str]) -> Iterator[str]:
        """Yield the N-Triples on older runs, which unchanged records still name, and on what they used."""
        wanted = [version for version in versions if version]
        if self.path is None or not wanted:
            return
        store, graph = self._store(), self._graph()
        for version in wanted:
            run = NamedNode(self._deployment.run(version)[1:-1])
            about = [run]
            for name in ("used", "wasAssociatedWith"):
                about += [
                    quad.object
                    for quad in store.quads_for_pattern(run, NamedNode(PROV + name), None, graph)
                    if isinstance(quad.object, NamedNode)
                ]
            for subject in about:
                yield _lines(quad.triple for quad in store.quads_for_pattern(subject, None, None, graph))

    def _store(self) -> Store:
        assert self.path is not None
        try:
            return Store.read_only(str(self.path / "store"))
        except OSError as error:
            raise EnvironmentFault(
                f"{self.path / 'store'} is damaged ({error}). Run “practicegraph verify” and roll back."
            ) from error

    def _graph(self) -> NamedNode:
        return NamedNode(self._deployment.graph("provenance")[1:-1])


def open_last_release(output: Path, deployment: Deployment) -> LastRelease:
    """Return the current release of an output folder."""
    return LastRelease(current(output), deployment)


def _sound(release: Path) -> Path:
    """Return the history of a release; raise ValueError when it is not the one that the release was made with.

    Readers are told what it says, so it names no folder of this machine.
    """
    path = release / HISTORY
    try:
        wanted, found = read_manifest(release).files.get(HISTORY), facts_of(path)
    except (OSError, ValueError):
        wanted = found = None
    if wanted is None or found is None:
        raise ValueError(f"release {release.name} has no history")
    if found != wanted:
        raise ValueError(f"the history of release {release.name} is damaged")
    return path


def _known(entry: Entry) -> Known:
    """Return what the ledger still tells of a record whose history is lost."""
    if not entry.is_public:
        return Known(entry.since, "", entry.slug, entry.state, "", entry.replaced_by)
    kind = "added" if entry.modified == entry.issued else "changed"
    return Known(entry.modified, entry.run, entry.slug, kind, entry.hash, "")


def rows_line(slug: str, rows: Sequence[Row]) -> str:
    """Return the line that keeps the rows of a published practice."""
    return json.dumps({"slug": slug, "rows": [_as_json(row) for row in rows]}, sort_keys=True) + "\n"


def _as_json(row: Row) -> dict[str, Any]:
    place = {name: value for name in _PLACE if (value := getattr(row.place, name)) is not None}
    return {"place": place, "texts": dict(row.texts), "columns": dict(row.columns), "raw": dict(row.raw)}


def _row(slug: str, kept: dict[str, Any]) -> Row:
    return Row(Place(**kept["place"]), kept["texts"], kept["columns"], kept["raw"], kept=slug)


def _lines(triples: Iterator[Triple]) -> str:
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    return text.decode()


def _text(term: object) -> str:
    return term.value if isinstance(term, Literal) else str(term)
