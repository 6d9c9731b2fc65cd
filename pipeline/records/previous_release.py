"""The previous release as a build sees it: its ledger, its rows, and what its runs used."""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.rdf.iris import Deployment
from pipeline.rdf.vocabulary import DCT, PROV, RDF, RDFS
from pipeline.records.history.history_log import HISTORY, LatestVersion, Log
from pipeline.records.ledger import Ledger, LedgerEntry
from pipeline.release.folder.folders import CURRENT, current, releases
from pipeline.release.folder.manifest import facts_of, read_manifest

Subject = NamedNode | BlankNode | Triple

ROWS = "rows.jsonl.gz"
LEDGER = "ledger.csv"
_SHA256 = "sha256:"
_TYPE = NamedNode(RDF + "type")
_FROM = frozenset({PROV + "wasDerivedFrom", PROV + "wasInfluencedBy"})
_PLACE = tuple(field.name for field in fields(Place))


class PreviousRelease:
    """The release that a build continues; with no path, there is none and everything is empty.

    ``lost`` says why it is not the one that was current, empty if it is.
    """

    def __init__(self, path: Path | None, deployment: Deployment, lost: str = "") -> None:
        self.path = path
        self.lost = lost
        self._deployment = deployment

    @property
    def created(self) -> str:
        """Return when the release was made; empty if that is not known."""
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
        """Carry on the history of the release, or begin one with the ledger; return what to report about that."""
        reason = self.lost
        try:
            if self.path is not None:
                history.carry_on(_sound(self.path))
                if self.lost:
                    history.note_gap(now, self.lost)
                return f"goes on from release {self.path.name}, since {self.lost}" if self.lost else ""
        except ValueError as error:
            reason = str(error)
        known = [_latest_version(entry) for entry in ledger.entries("")]
        if known and not reason:
            reason = "only a ledger was carried here"
        history.begin(known, reason, now)
        return f"begins anew, since {reason}" if reason else ""

    def rows(self) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Yield each practice by its slug, with its rows; raise EnvironmentFault if they are damaged."""
        if self.path is None:
            return
        path = self.path / ROWS
        try:
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    practice = json.loads(line)
                    yield practice["slug"], tuple(_row(practice["slug"], row) for row in practice["rows"])
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise EnvironmentFault(
                f"{path} is damaged ({error}). Run “practicegraph verify” and roll back to a good release."
            ) from error

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each source that a run of the release used, by its name."""
        hashes_by_name: dict[str, str] = {}
        for identifier in self._quads(None, DCT + "identifier"):
            if isinstance(identifier.object, Literal) and identifier.object.value.startswith(_SHA256):
                for label in self._quads(identifier.subject, RDFS + "label"):
                    hashes_by_name[_text(label.object)] = identifier.object.value.removeprefix(_SHA256)
        return hashes_by_name

    def run_lines(self, versions: Iterable[str]) -> Iterator[str]:
        """Yield the N-Triples on older runs, which unchanged records still name, and on what they used.

        For a run that nothing is known about any more, they only say that it was a run.
        """
        for version in versions if self.path is not None else ():
            if version:
                run = NamedNode(self._deployment.run(version)[1:-1])
                yield self._run(run) or _lines(iter([Triple(run, _TYPE, NamedNode(PROV + "Activity"))]))

    def provenance_of(self, slug: str) -> str:
        """Return the N-Triples on which rows and corrections a record came from, empty if nothing is known.

        A record that did not change keeps them: they name the sources as the run that made the record used them.
        """
        record = NamedNode(self._deployment.record(slug)[1:-1])
        said = [quad.triple for quad in self._quads(record)]
        rows = [triple.object for triple in said if triple.predicate.value in _FROM]
        about = (quad.triple for row in rows if isinstance(row, NamedNode) for quad in self._quads(row))
        return _lines(chain(said, about))

    def _run(self, run: NamedNode) -> str:
        about = [run]
        for name in ("used", "wasAssociatedWith"):
            about += [
                quad.object for quad in self._quads(run, PROV + name) if isinstance(quad.object, NamedNode)
            ]
        return "".join(_lines(quad.triple for quad in self._quads(subject)) for subject in about)

    def _quads(self, subject: Subject | None, predicate: str | None = None) -> Iterator[Quad]:
        """Yield what the provenance says; nothing if the store cannot be read."""
        if self.store is None:
            return iter(())
        graph = NamedNode(self._deployment.graph("provenance")[1:-1])
        return self.store.quads_for_pattern(
            subject, NamedNode(predicate) if predicate is not None else None, None, graph
        )

    @cached_property
    def store(self) -> Store | None:
        """The release's store, None if there is none or it cannot be opened."""
        try:
            return None if self.path is None else Store.read_only(str(self.path / "store"))
        except OSError:
            return None


def open_previous_release(output: Path, deployment: Deployment) -> PreviousRelease:
    """Return the current release of an output folder; where it cannot be gone on from, the newest that can.

    Raises EnvironmentFault where there are releases and none has a sound ledger: addresses would be given again.
    """
    here = current(output)
    if here is None and not (output / CURRENT).is_symlink():
        return PreviousRelease(None, deployment)
    fault = _fault(here)
    if not fault:
        return PreviousRelease(here, deployment)
    for candidate in releases(output):
        if candidate != here and not _fault(candidate):
            return PreviousRelease(candidate, deployment, fault)
    if here is not None and (here / LEDGER).exists():
        raise EnvironmentFault(
            f"{here / LEDGER} is damaged, and no other release is kept that a build could go on from. Restore the "
            "file from a copy; or move the folder away and build anew, with --ledger if there is a copy of the ledger."
        )
    return PreviousRelease(None, deployment, fault)


def _fault(release: Path | None) -> str:
    """Return why a build cannot continue a release, for the reader; empty if it can."""
    if release is None:
        return "the release before is missing"
    try:
        wanted, actual = read_manifest(release).files[LEDGER], facts_of(release / LEDGER)
    except (OSError, ValueError, KeyError):
        return f"release {release.name} is damaged"
    return "" if actual == wanted else f"release {release.name} is damaged"


def _sound(release: Path) -> Path:
    """Return the history of a release; raise ValueError if it is not the one that the release was made with.

    Readers see it, so it names no folder of this machine.
    """
    path = release / HISTORY
    try:
        wanted, actual = read_manifest(release).files.get(HISTORY), facts_of(path)
    except (OSError, ValueError):
        wanted = actual = None
    if wanted is None or actual is None:
        raise ValueError(f"release {release.name} has no history")
    if actual != wanted:
        raise ValueError(f"the history of release {release.name} is damaged")
    return path


def _latest_version(entry: LedgerEntry) -> LatestVersion:
    """Return what the ledger still says about a record whose history is lost."""
    if not entry.is_public:
        return LatestVersion(entry.since, "", entry.slug, entry.state, "", entry.replaced_by)
    kind = "added" if entry.modified == entry.issued else "changed"
    return LatestVersion(entry.modified, entry.run, entry.slug, kind, entry.hash, "")


def rows_line(slug: str, rows: Sequence[Row]) -> str:
    """Return the line that keeps the rows of a published practice."""
    return json.dumps({"slug": slug, "rows": [_as_json(row) for row in rows]}, sort_keys=True) + "\n"


def _as_json(row: Row) -> dict[str, Any]:
    place = {name: value for name in _PLACE if (value := getattr(row.place, name)) is not None}
    texts = {"place": place, "texts": dict(row.texts), "columns": dict(row.columns), "raw": dict(row.raw)}
    more = {"further": row.is_further, "headed_in": row.headed_in}
    return {**texts, **{name: value for name, value in more.items() if value}}


def _row(slug: str, stored: dict[str, Any]) -> Row:
    return Row(
        Place(**stored["place"]),
        stored["texts"],
        stored["columns"],
        stored["raw"],
        from_slug=slug,
        is_further=bool(stored.get("further")),
        headed_in=stored.get("headed_in", ""),
    )


def _lines(triples: Iterator[Triple]) -> str:
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    return text.decode()


def _text(term: object) -> str:
    return term.value if isinstance(term, Literal) else str(term)
