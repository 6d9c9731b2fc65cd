"""Publishing: accepted practices into the release, withheld ones into the quarantine, vanished ones withdrawn."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pipeline.description.provenance import describe_record
from pipeline.findings.messages import say
from pipeline.model.errors import DataRefused
from pipeline.model.finding import Finding, Severity, Suggestion
from pipeline.model.rows import Row
from pipeline.rdf.ntriples import Term, write
from pipeline.records.corrections.correction_lines import KEEP_IDENTITY
from pipeline.records.history.record_changes import Changes
from pipeline.records.ledger import Entry
from pipeline.records.previous_release import LastRelease, rows_line
from pipeline.records.workspace import Spool, Workspace
from pipeline.release import PENDING_RUN, Gone, ReleaseWriter
from pipeline.release.dataset.quality import Quality
from pipeline.steps.convert import Conversion, Converted, convert, keep_back, place_lines
from pipeline.steps.judge import Judged
from pipeline.steps.quarantine import Quarantine

_FEW = 5
_SHARE = 0.10


class Publishing:
    """Takes practices one by one and keeps what the end of the build needs to know of them."""

    def __init__(
        self,
        workspace: Workspace,
        writer: ReleaseWriter,
        conversion: Conversion,
        last: LastRelease,
        hashes: Mapping[str, str],
    ) -> None:
        self.workspace = workspace
        self.last = last
        self.deployment = conversion.deployment
        self.now = conversion.now
        self._writer = writer
        self._conversion = conversion
        self._hashes = last.hashes() | dict(hashes)
        self._public_before = workspace.ledger.public_count()
        self._held: set[str] = set()
        self._places: set[str] = set()
        self.rows: Spool[str] = workspace.spool("kept-rows")
        self.quarantine = Quarantine()
        self.withheld_rows = 0
        self.countries: set[str] = set()
        self.runs: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.quality = Quality()
        self._changes = Changes(workspace.history, last.path, conversion.deployment)

    def take(self, judged: Judged) -> None:
        """Publish a practice, or withhold it with the sentences that say why."""
        if judged.is_withheld:
            self._withhold(judged)
        else:
            self._publish(judged.draft.converted, judged.draft.kept)

    def _withhold(self, judged: Judged) -> None:
        problems = [finding for finding in judged.findings if finding.severity is Severity.VIOLATION]
        self.withheld_rows += self.workspace.staging.count_of(judged.draft.number)
        for row in self.workspace.staging.rows_of(judged.draft.number):
            own = [finding.message for finding in problems if _is_about(finding, row)]
            if row.kept is None and not (row.is_further and row.place.row is not None):
                self.quarantine.add(row, own or [finding.message for finding in problems])
        slug = judged.draft.converted.practice.slug
        ledger = self.workspace.ledger
        entry = ledger.entry(slug)
        if entry is not None and entry.is_public:
            self._held.add(slug)
        else:
            self._held.update(old.slug for old in ledger.redirected_to(slug))

    def _publish(self, converted: Converted, kept: str) -> None:
        ledger, practice = self.workspace.ledger, converted.practice
        before = ledger.entry(practice.slug)
        title = practice.titles[0][1]
        entry = ledger.publish(practice.slug, title, converted.content, converted.keys, self.now)
        self.counts["practices"] += 1
        change = _change(before, entry)
        self.counts[change] += 1
        if change == "added":
            self._changes.added(entry.slug, entry.hash, again=before is not None and bool(before.hash))
        elif change == "changed":
            self._changes.changed(entry.slug, entry.hash, converted.lines)
        self._add(converted, kept, entry)

    def _add(self, converted: Converted, kept: str, entry: Entry) -> None:
        deployment, practice = self.deployment, converted.practice
        run = deployment.run(entry.run) if entry.run else Term(PENDING_RUN)
        provenance = write(describe_record(practice, run, self._hashes, deployment))
        places = [lines for lines in place_lines(practice, deployment) if lines not in self._places]
        self._places.update(places)
        self._writer.add(practice, "".join((converted.lines, *places)), provenance)
        self.quality.add(practice)
        self.rows.append(kept)
        self.countries.update(practice.countries, (city.country for city in practice.cities))
        self.runs.add(entry.run)

    def restore_held_back(self) -> None:
        """Publish the last good version of each practice that is withheld now and was public before."""
        for slug, rows in self.last.rows() if self._held else ():
            if slug not in self._held:
                continue
            converted = convert(rows, self.workspace.ledger, self._conversion, slug)
            entry = self.workspace.ledger.hold_back(slug)
            self.counts["held back"] += 1
            self._add(keep_back(converted, self.deployment), rows_line(slug, rows), entry)
            self.workspace.journal.add(_held_back(converted))

    def demand_few_withdrawals(self) -> None:
        """Raise DataRefused when more records would go than can be meant without saying so."""
        going = self.counts["withdrawn"]
        if going > _FEW and going > _SHARE * self._public_before:
            raise DataRefused(
                f"Nothing was published: this would withdraw {going} of {self._public_before} published records. "
                "If that is meant, build again with --allow-withdrawals; to add records to the published ones, "
                "build with --add. “practicegraph diff”, with the folder and the sources, names them."
            )

    def withdraw(self) -> None:
        """Withdraw what no row tells of any more."""
        ledger = self.workspace.ledger
        merged = ledger.settle_redirects(self.now)
        self.counts["merged"] = len(merged)
        for slug, into in merged:
            self._changes.merged(slug, into)
        going = ledger.to_withdraw()
        for old, new in ledger.renames():
            self.workspace.journal.add(_renamed(old, new, self._conversion))
        for entry in going:
            ledger.withdraw(entry.slug, self.now)
            self._changes.withdrawn(entry.slug)
        self.counts["withdrawn"] = len(going)

    def gone(self) -> Iterator[Gone]:
        """Yield the records that were public once and are no more."""
        for entry in self.workspace.ledger.entries(""):
            if not entry.is_public:
                yield Gone(entry.slug, entry.state, entry.title, entry.since, entry.replaced_by or None)


def _is_about(finding: Finding, row: Row) -> bool:
    place = finding.place
    return place is not None and (place.file, place.sheet, place.row) == (
        row.place.file,
        row.place.sheet,
        row.place.row,
    )


def _change(before: Entry | None, after: Entry) -> str:
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


def _renamed(old: Entry, new: Entry, conversion: Conversion) -> Finding:
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
