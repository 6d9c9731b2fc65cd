"""Publishing: accepted practices into the release, withheld ones into the quarantine, vanished ones withdrawn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.findings.accounting import Accounting
from pipeline.findings.finding_messages import finding_of, message
from pipeline.findings.messages import say
from pipeline.model.errors import DataRefused
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.model.rows import Row
from pipeline.recognition.identity import keys_of
from pipeline.records.corrections.correction_lines import KEEP_IDENTITY
from pipeline.records.history.record_changes import Changes
from pipeline.records.ledger import LedgerEntry
from pipeline.release.dataset.quality import Quality
from pipeline.release.folder.build_facts import PublishedRelease
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.release_writer import ReleaseWriter
from pipeline.steps.batch import Fragments, PublishedRecord, WithheldPractice
from pipeline.steps.build_context import BuildContext
from pipeline.steps.convert import Conversion, ConvertedPractice, PracticeRows, convert, keep_back
from pipeline.steps.judge import BatchContext
from pipeline.steps.quarantine import Quarantine
from pipeline.steps.settings import BuildSettings

_FEW = 5
_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """What became of records: how many are published, and what changed since the previous release."""

    practices: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    withdrawn: int = 0
    held_back: int = 0

    def by_name(self) -> dict[str, int]:
        """Return the counts that are not 0 by the names that people read, changes first."""
        counts = {field.name.replace("_", " "): getattr(self, field.name) for field in fields(self)}
        return {name: number for name, number in counts.items() if number}


@dataclass(frozen=True, slots=True)
class Publication:
    """What a build publishes and withholds.

    ``runs`` are the versions whose runs made the records, empty for this one; ``public_before`` is how many records
    the previous release had.
    """

    counts: RecordCounts
    public_before: int
    withheld_rows: int
    quarantine: Quarantine
    quality: Quality
    countries: frozenset[str]
    runs: frozenset[str]

    def demand_acceptance(self, settings: BuildSettings, numbers: Accounting, *, offer: bool) -> None:
        """Raise DataRefused when nothing may be published because of the data; offer suggestions if there are any."""
        hint = " “--suggest FILE” writes the suggested corrections to a file." if offer else ""
        if settings.strict and not numbers.is_accepted(strict=True):
            raise DataRefused(
                f"Nothing was published: --strict allows no violation and no warning, and there are "
                f"{numbers.violations} and {numbers.warnings}. Correct them, or build without --strict.{hint}"
            )
        if not self.counts.practices + self.counts.held_back:
            raise DataRefused(
                f"Nothing was published: no row of the sources can be. Correct the findings above.{hint}",
                options=("--suggest", "corrections-suggested.csv") if offer else (),
            )
        if not settings.allow_withdrawals:
            self._demand_few_withdrawals()

    def _demand_few_withdrawals(self) -> None:
        """Raise DataRefused if more records would be withdrawn than is plausible without confirmation."""
        going = self.counts.withdrawn
        if going > _FEW and going > _SHARE * self.public_before:
            raise DataRefused(
                f"Nothing was published: this would withdraw {going} of {self.public_before} published records. "
                "If that is meant, build again with --allow-withdrawals; to add records to the published ones, "
                "build with --add. “practicegraph diff”, with the folder and the sources, names them.",
                options=("--allow-withdrawals",),
            )


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """What a build did: its release (none after a dry run), its numbers, and the quarantine files it wrote.

    ``suggestions`` is the file of corrections that the findings suggest.
    """

    published: PublishedRelease | None
    accounting: Accounting
    counts: RecordCounts
    quarantine: tuple[Path, ...] = ()
    suggestions: Path | None = None


class Publisher:
    """Passes fragments to the release, withheld rows to the quarantine, and notes what becomes of records."""

    def __init__(self, writer: ReleaseWriter, context: BuildContext, batches: BatchContext) -> None:
        self._workspace = context.workspace
        self._previous = context.previous
        self._context = batches
        self._writer = writer
        self._public_before = context.workspace.ledger.public_count()
        self._held_back: set[str] = set()
        self._waiting_keys: set[str] = set()
        self._quarantine = Quarantine()
        self._apart: Place | None = None
        self._withheld = list[int]()
        self._countries: set[str] = set()
        self._runs: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._quality = Quality()
        deployment = batches.conversion.deployment
        self._changes = Changes(self._workspace.history, self._previous.path, deployment)

    def take(self, fragments: Fragments) -> None:
        """Publish what a batch makes of the release, and withhold the others."""
        for record in fragments.records:
            self._note(record)
        for practice in fragments.withheld:
            self._withhold(practice)
        self._merge(fragments)

    def _merge(self, fragments: Fragments) -> None:
        self._writer.merge(fragments.release)
        self._quality.merge(fragments.quality)
        self._writer.add_rows(fragments.rows)
        self._countries |= fragments.countries
        self._runs |= fragments.runs

    def finish(self) -> Publication:
        """Withdraw records that no row describes any more, and return what is published and withheld."""
        self._set_aside()
        # Rows that were joined with those of another practice may be all that describes a record.
        self._held_back.update(self._workspace.ledger.unseen_with(self._waiting_keys))
        self._restore_held_back()
        self._withdraw()
        return Publication(
            RecordCounts(**self._counts),
            self._public_before,
            self._workspace.staging.records_of(self._withheld),
            self._quarantine,
            self._quality,
            frozenset(self._countries),
            frozenset(self._runs),
        )

    def _withhold(self, practice: WithheldPractice) -> None:
        ledger, slug = self._workspace.ledger, practice.slug
        self._withheld.append(practice.number)
        for row, problems in practice.rows:
            self._set_apart(row, problems)
            self._waiting_keys.update(
                key for key in keys_of(row).stated_texts() if ledger.unseen_with((key,))
            )
        entry = ledger.entry(slug)
        if entry is not None and entry.is_public:
            self._held_back.add(slug)
        self._held_back.update(old.slug for old in ledger.refuse_redirects(slug))

    def _note(self, record: PublishedRecord) -> None:
        """Note a published record in the ledger, and in the history what has become of it."""
        ledger = self._workspace.ledger
        before = ledger.published_entry(record.slug)
        now = self._context.conversion.now
        entry = ledger.publish(record.slug, record.title, record.content, record.keys, now)
        self._counts["practices"] += 1
        change = _change(before, entry)
        self._counts[change] += 1
        if change == "added":
            self._changes.add(entry.slug, entry.hash, again=before is not None)
        elif change == "changed":
            self._changes.update(entry.slug, entry.hash, record.lines)

    def _set_aside(self) -> None:
        """Put the rows that are not records into the quarantine; what they were published as is held back."""
        for row, problem in self._workspace.staging.aside():
            self._set_apart(row, (problem,))
            self._held_back.update(self._workspace.ledger.unseen_with(keys_of(row).texts()))

    def _set_apart(self, row: Row, problems: Sequence[str]) -> None:
        """Put a row of the sources into the quarantine, one in several languages once."""
        is_same_row = row.is_further and row.place.row is not None and row.place == self._apart
        self._apart = row.place
        if row.from_slug is None and not is_same_row:
            self._quarantine.add(row, problems)

    def _restore_held_back(self) -> None:
        """Publish the last good version of each practice that is withheld now and was public before."""
        conversion = self._context.conversion
        fragments = Fragments(ReleaseFragment(conversion.deployment.base))
        for slug, rows in self._previous.rows() if self._held_back else ():
            if slug not in self._held_back:
                continue
            entry = self._workspace.ledger.hold_back(slug)
            provenance = self._previous.provenance_of(slug) if entry.run else ""
            given = PracticeRows(0, slug, (), rows, entry, provenance)
            made = keep_back(convert(given, conversion), conversion.deployment)
            finding = _held_back_finding(made)
            fragments.add(given, made, entry.run, (finding.code,), self._context)
            self._counts["held_back"] += 1
            self._workspace.journal.add(finding)
        fragments.release.seal()
        self._merge(fragments)

    def _withdraw(self) -> None:
        """Withdraw what no row tells of any more."""
        ledger = self._workspace.ledger
        merged = ledger.settle_redirects(self._context.conversion.now)
        self._counts["merged"] = len(merged)
        for slug, into in merged:
            self._changes.remove(slug, into)
        going = ledger.to_withdraw()
        for old, new in ledger.renames():
            self._workspace.journal.add(_rename_finding(old, new, self._context.conversion))
        for entry in going:
            ledger.withdraw(entry.slug, self._context.conversion.now)
            self._changes.remove(entry.slug)
        self._counts["withdrawn"] = len(going)


def _change(before: LedgerEntry | None, after: LedgerEntry) -> str:
    if before is None or not before.is_public:
        return "added"
    return "unchanged" if before.hash == after.hash else "changed"


def _held_back_finding(converted: ConvertedPractice) -> Finding:
    name = converted.practice.titles[0][1]
    text = say("“{name}”: {sentence}", name=name, sentence=message("held-back"))
    return Finding(Severity.INFO, "held-back", text)


def _rename_finding(old: LedgerEntry, new: LedgerEntry, conversion: Conversion) -> Finding:
    line = f"{KEEP_IDENTITY},{old.slug},{new.slug}"
    focus = conversion.deployment.practice(new.slug)[1:-1]
    suggestion = Suggestion(old.slug, 0.5)
    return finding_of(
        "perhaps-renamed", None, focus, None, suggestion, new=new.title, old=old.title, line=line
    )
