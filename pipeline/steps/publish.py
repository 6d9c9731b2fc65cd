"""Publishing: accepted practices into the release, withheld ones into the quarantine, vanished ones withdrawn."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from pipeline.description.provenance import describe_record
from pipeline.findings.messages import say
from pipeline.model.errors import DataRefused
from pipeline.model.finding import Finding, Severity, Suggestion
from pipeline.model.rows import Row
from pipeline.rdf.ntriples import Term, write
from pipeline.recognition.identity import keys_of
from pipeline.records.corrections.correction_lines import KEEP_IDENTITY
from pipeline.records.history.record_changes import Changes
from pipeline.records.ledger import LedgerEntry
from pipeline.records.previous_release import rows_line
from pipeline.records.workspace import Spool
from pipeline.release import PENDING_RUN, ReleaseWriter
from pipeline.release.dataset.quality import Quality
from pipeline.steps.build_context import BuildContext
from pipeline.steps.convert import Conversion, Converted, convert, keep_back, place_lines
from pipeline.steps.judge import JudgedPractice
from pipeline.steps.quarantine import Quarantine

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

    def named(self) -> dict[str, int]:
        """Return the counts that are not 0 by the names that people read, changes first."""
        counts = {field.name.replace("_", " "): getattr(self, field.name) for field in fields(self)}
        return {name: number for name, number in counts.items() if number}


@dataclass(frozen=True, slots=True)
class Publication:
    """What a build publishes and withholds.

    ``rows`` are the lines that keep the rows of published practices; ``runs`` are the versions whose runs made
    the records, empty for this one; ``public_before`` is how many records the previous release had.
    """

    counts: RecordCounts
    public_before: int
    withheld_rows: int
    quarantine: Quarantine
    quality: Quality
    rows: Spool[str]
    countries: frozenset[str]
    runs: frozenset[str]

    def demand_few_withdrawals(self) -> None:
        """Raise DataRefused if more records would be withdrawn than can be meant without saying so."""
        going = self.counts.withdrawn
        if going > _FEW and going > _SHARE * self.public_before:
            raise DataRefused(
                f"Nothing was published: this would withdraw {going} of {self.public_before} published records. "
                "If that is meant, build again with --allow-withdrawals; to add records to the published ones, "
                "build with --add. “practicegraph diff”, with the folder and the sources, names them.",
                options=("--allow-withdrawals",),
            )


def publish(
    judged: Iterable[JudgedPractice], writer: ReleaseWriter, context: BuildContext, hashes: Mapping[str, str]
) -> Publication:
    """Publish the accepted practices, withhold the others, and withdraw records that no row describes any more.

    ``hashes`` are the SHA-256 of the inputs by their names.
    """
    public_before = context.workspace.ledger.public_count()
    publisher = _Publisher(writer, context, context.previous.hashes() | dict(hashes))
    for practice in judged:
        publisher.take(practice)
    publisher.set_aside()
    publisher.restore_held_back()
    publisher.withdraw()
    return publisher.publication(public_before)


class _Publisher:
    """Passes practices to the release or to the quarantine, and counts what becomes of them."""

    def __init__(self, writer: ReleaseWriter, context: BuildContext, hashes: Mapping[str, str]) -> None:
        self._workspace = context.workspace
        self._previous = context.previous
        self._conversion = context.conversion
        self._writer = writer
        self._hashes = hashes
        self._held_back: set[str] = set()
        self._places: set[str] = set()
        self._rows: Spool[str] = self._workspace.spool("kept-rows")
        self._quarantine = Quarantine()
        self._withheld_rows = 0
        self._countries: set[str] = set()
        self._runs: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._quality = Quality()
        self._changes = Changes(self._workspace.history, self._previous.path, self._conversion.deployment)

    def publication(self, public_before: int) -> Publication:
        """Return what was published and withheld."""
        return Publication(
            RecordCounts(**self._counts),
            public_before,
            self._withheld_rows,
            self._quarantine,
            self._quality,
            self._rows,
            frozenset(self._countries),
            frozenset(self._runs),
        )

    def take(self, judged: JudgedPractice) -> None:
        """Publish a practice, or withhold it with the sentences that say why."""
        if judged.is_withheld:
            self._withhold(judged)
        else:
            self._publish(judged.draft.converted, judged.draft.source_rows, judged.codes)

    def _withhold(self, judged: JudgedPractice) -> None:
        problems = [finding for finding in judged.findings if finding.severity is Severity.VIOLATION]
        self._withheld_rows += self._workspace.staging.count_of(judged.draft.number)
        for row in self._workspace.staging.rows_of(judged.draft.number):
            own = [finding.message for finding in problems if _is_about(finding, row)]
            self._set_apart(row, own or [finding.message for finding in problems])
        slug = judged.draft.converted.practice.slug
        ledger = self._workspace.ledger
        entry = ledger.entry(slug)
        if entry is not None and entry.is_public:
            self._held_back.add(slug)
        self._held_back.update(old.slug for old in ledger.refuse_redirects(slug))

    def _publish(self, converted: Converted, source_rows: str, codes: Collection[str]) -> None:
        ledger, practice = self._workspace.ledger, converted.practice
        before = ledger.entry(practice.slug)
        title = practice.titles[0][1]
        entry = ledger.publish(practice.slug, title, converted.content, converted.keys, self._conversion.now)
        self._counts["practices"] += 1
        change = _change(before, entry)
        self._counts[change] += 1
        if change == "added":
            self._changes.added(entry.slug, entry.hash, again=before is not None and bool(before.hash))
        elif change == "changed":
            self._changes.changed(entry.slug, entry.hash, converted.lines)
        self._add(converted, source_rows, entry, codes)

    def _add(
        self, converted: Converted, source_rows: str, entry: LedgerEntry, codes: Collection[str]
    ) -> None:
        deployment, practice = self._conversion.deployment, converted.practice
        provenance = self._previous.provenance_of(entry.slug) if entry.run else ""
        if not provenance:
            run = deployment.run(entry.run) if entry.run else Term(PENDING_RUN)
            provenance = write(describe_record(practice, run, self._hashes, deployment))
        places = [lines for lines in place_lines(practice, deployment) if lines not in self._places]
        self._places.update(places)
        self._writer.add(practice, "".join((converted.lines, *places)), provenance, codes)
        self._quality.add(practice)
        self._rows.append(source_rows)
        self._countries.update(practice.countries, (city.country for city in practice.cities))
        self._runs.add(entry.run)

    def set_aside(self) -> None:
        """Put the rows that are no records into the quarantine; what they were published as is held back."""
        for row, problem in self._workspace.staging.aside():
            self._set_apart(row, (problem,))
            self._held_back.update(self._workspace.ledger.unseen_with(keys_of(row).texts()))

    def _set_apart(self, row: Row, problems: Sequence[str]) -> None:
        """Put a row of the sources into the quarantine, one in several languages once."""
        if row.from_slug is None and not (row.is_further and row.place.row is not None):
            self._quarantine.add(row, problems)

    def restore_held_back(self) -> None:
        """Publish the last good version of each practice that is withheld now and was public before."""
        for slug, rows in self._previous.rows() if self._held_back else ():
            if slug not in self._held_back:
                continue
            converted = convert(rows, self._workspace.ledger, self._conversion, slug)
            entry = self._workspace.ledger.hold_back(slug)
            self._counts["held_back"] += 1
            finding = _held_back(converted)
            kept = keep_back(converted, self._conversion.deployment)
            self._add(kept, rows_line(slug, rows), entry, (finding.code,))
            self._workspace.journal.add(finding)

    def withdraw(self) -> None:
        """Withdraw what no row tells of any more."""
        ledger = self._workspace.ledger
        merged = ledger.settle_redirects(self._conversion.now)
        self._counts["merged"] = len(merged)
        for slug, into in merged:
            self._changes.merged(slug, into)
        going = ledger.to_withdraw()
        for old, new in ledger.renames():
            self._workspace.journal.add(_renamed(old, new, self._conversion))
        for entry in going:
            ledger.withdraw(entry.slug, self._conversion.now)
            self._changes.withdrawn(entry.slug)
        self._counts["withdrawn"] = len(going)


def _is_about(finding: Finding, row: Row) -> bool:
    place = finding.place
    return place is not None and (place.file, place.sheet, place.row) == (
        row.place.file,
        row.place.sheet,
        row.place.row,
    )


def _change(before: LedgerEntry | None, after: LedgerEntry) -> str:
    if before is None or not before.hash or not before.is_public:
        return "added"
    return "unchanged" if before.hash == after.hash else "changed"


def _held_back(converted: Converted) -> Finding:
    sentence = say(
        "its newer version is in quarantine, so the last good version stays published and is marked as held "
        "back. Correct the quarantined row and build again."
    )
    message = say("“{name}”: {sentence}", name=converted.practice.titles[0][1], sentence=sentence)
    return Finding(Severity.INFO, "held-back", message)


def _renamed(old: LedgerEntry, new: LedgerEntry, conversion: Conversion) -> Finding:
    message = say(
        "“{new}” is new and “{old}” is withdrawn: perhaps renamed. To keep the address of the page, add the line "
        "“{line}” to corrections.csv, or write the old title back.",
        new=new.title,
        old=old.title,
        line=f"{KEEP_IDENTITY},{old.slug},{new.slug}",
    )
    focus = conversion.deployment.practice(new.slug)[1:-1]
    suggestion = Suggestion(old.slug, 0.5)
    return Finding(Severity.WARNING, "perhaps-renamed", message, None, focus, None, suggestion)
