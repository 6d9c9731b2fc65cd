"""Sources as a side of a comparison: their records as a build would describe them, by the slugs it would give."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.compare.comparison import Side
from pipeline.findings.messages import say
from pipeline.model.errors import SourceError, UsageError
from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import DEFAULT_BASE, Deployment
from pipeline.records.history.record_contents import content_of, neutral
from pipeline.records.ledger import Ledger, ledger_lines
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion, convert
from pipeline.steps.practice_rows import gathered_practices
from pipeline.steps.prepare import prepare
from pipeline.steps.read import named_files, names_of
from pipeline.system.clock import current_time, timestamp
from pipeline.system.progress import Progress
from pipeline.system.scratch_database import scratch_database


@dataclass(frozen=True, slots=True)
class SourceReading:
    """How sources are read: how much of their texts, which of them are the publisher's own, what is corrected."""

    text: TextPolicy
    own_texts: Sequence[Path]
    corrections: Path | None


class _Descriptions:
    """What the records of a source say, on disk."""

    def __init__(self, path: Path) -> None:
        schema = "CREATE TABLE description (slug TEXT PRIMARY KEY, lines TEXT NOT NULL) WITHOUT ROWID"
        self._db = scratch_database(path, schema)

    def add(self, slug: str, lines: str) -> None:
        """Keep what a record says."""
        self._db.execute("INSERT INTO description VALUES (?, ?)", (slug, lines))

    def of(self, slug: str) -> str:
        """Return what a record says, nothing for one that does not exist."""
        entry = self._db.execute("SELECT lines FROM description WHERE slug = ?", (slug,)).fetchone()
        return str(entry[0]) if entry else ""

    def close(self) -> None:
        """Close the database; its file may then be deleted."""
        self._db.close()


@contextmanager
def source_side(
    paths: Sequence[Path], other: Side | None, reading: SourceReading, progress: Progress
) -> Iterator[Side]:
    """Give the records of some sources, who is who by the ledger of the other side where it has one."""
    now = timestamp(current_time())
    base = other.base if other is not None and other.base else DEFAULT_BASE
    own = names_of(reading.own_texts, paths)
    conversion = Conversion(Deployment(base), reading.text, now, own)
    with Workspace() as workspace:
        if other is not None and other.ledger is not None:
            with other.ledger.open(encoding="utf-8", newline="") as lines:
                workspace.ledger.load(lines, str(other.ledger))
        try:
            prepare(named_files(paths), workspace, progress, reading.corrections)
        except SourceError as error:
            raise UsageError(str(error)) from error
        descriptions = _Descriptions(workspace.folder / "descriptions.sqlite")
        _convert(workspace, conversion, descriptions, progress)
        _settle(workspace.ledger, now)
        entries = {entry.slug: entry for entry in workspace.ledger.entries("")}
        ledger = workspace.folder / "ledger.csv"
        with ledger.open("w", encoding="utf-8", newline="") as file:
            file.writelines(ledger_lines(entries.values()))
        with closing(descriptions):
            yield Side(", ".join(map(str, paths)), entries, descriptions.of, ledger, base)


def _convert(
    workspace: Workspace, conversion: Conversion, descriptions: "_Descriptions", progress: Progress
) -> None:
    """Describe the practices of the rows, note them in the ledger, and keep what each says."""
    total = workspace.staging.practice_count()
    for given in progress.track(gathered_practices(workspace), say("Interpreting the rows"), total):
        made = convert(given, conversion)
        slug, title = made.practice.slug, made.practice.titles[0][1] if made.practice.titles else ""
        workspace.ledger.publish(slug, title, made.content, given.keys, conversion.now)
        descriptions.add(
            slug, neutral(content_of(made.lines, conversion.deployment, slug), conversion.deployment)
        )


def _settle(ledger: Ledger, now: str) -> None:
    """Merge records that are missing from the source, as corrections say, or withdraw them."""
    ledger.settle_redirects(now)
    for entry in ledger.to_withdraw():
        ledger.withdraw(entry.slug, now)
