"""Batches: the unit of work of a build. About a thousand practices in, their fragments of the release out.

``process_batch`` is a pure function: it needs no database and no file beside those of the package. Input and output can
be pickled, so that it runs in any process on any machine (a local pool, Spark's ``mapPartitions``).

- Before it, set-based: rows are joined into practices and each gets its slug. ``PracticeRows`` is one practice with its
  rows, its slug, its identity keys and what the ledger says of it. ``BatchContext`` holds what is the same for all
  batches of a build, and is small.
- After it, batch by batch in the order of the practices: ``Judging.add`` takes the ``Verdicts`` (findings, numbers),
  ``Publisher.take`` the ``Fragments`` (entries of the ledger, withheld rows), whose ``release`` goes to
  ``ReleaseWriter.merge`` (sorted lines for each graph, blocks of the dumps, rows of the index, counts). What all
  practices show together, such as probable duplicates, is found by ``Judging.finish``. ``local_engine`` does all this
  on one machine.

How practices are cut into batches changes no byte of what is published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pipeline.description.provenance import describe_record
from pipeline.model.finding import Finding, Severity
from pipeline.model.rows import Row
from pipeline.rdf.ntriples import Term, write
from pipeline.records.previous_release import rows_line
from pipeline.release.dataset.quality import Quality
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.release_writer import PENDING_RUN
from pipeline.steps.convert import ConvertedPractice, PracticeRows, place_lines
from pipeline.steps.judge import BatchContext, JudgedPractice, Verdicts, judge_batch


class PublishedRecord(NamedTuple):
    """What ledger and history note of a record; ``lines`` are its N-Triples if it says something new."""

    slug: str
    title: str
    content: str
    keys: tuple[str, ...]
    lines: str


class WithheldPractice(NamedTuple):
    """A practice that goes to the quarantine: its number and slug, and its rows with the sentences that say why."""

    number: int
    slug: str
    rows: tuple[tuple[Row, tuple[str, ...]], ...]


@dataclass(slots=True)
class Fragments:
    """What a batch of practices makes of a release: see the module.

    ``rows`` are the lines that keep the rows of published practices, ``countries`` the codes that these use, and
    ``runs`` the versions whose runs made their records, empty for this one.
    """

    release: ReleaseFragment
    quality: Quality = field(default_factory=Quality)
    records: list[PublishedRecord] = field(default_factory=list)
    withheld: list[WithheldPractice] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)

    def without_contents(self) -> "Fragments":
        """Return what the flow of a build needs, without what only the files of a release contain."""
        return replace(self, release=self.release.without_contents(), rows=[])

    def publish(self, judged: JudgedPractice, context: BatchContext) -> None:
        """Publish a practice, by the run that made its record if that is unchanged, else by this one."""
        given, made = judged.given, judged.converted
        before = given.before
        is_unchanged = before is not None and before.hash == made.content
        run = before.run if before is not None and is_unchanged else ""
        self.add(given, made, run, {finding.code for finding in judged.findings}, context)
        lines = "" if before is None or is_unchanged else made.lines
        title = made.practice.titles[0][1]
        self.records.append(PublishedRecord(given.slug, title, made.content, given.keys, lines))

    def add(
        self,
        given: PracticeRows,
        made: ConvertedPractice,
        run: str,
        codes: Iterable[str],
        context: BatchContext,
    ) -> None:
        """Add a practice to the release; ``run`` is the version whose run made its record, empty for this one.

        ``codes`` are those of the findings on it.
        """
        deployment, practice = context.conversion.deployment, made.practice
        provenance = given.provenance if run else ""
        if not provenance:
            this = deployment.run(run) if run else Term(PENDING_RUN)
            provenance = write(describe_record(practice, this, context.hashes, deployment))
        self.release.add(practice, made.lines, place_lines(practice, deployment), provenance, codes)
        self.quality.add(practice)
        self.rows.append(rows_line(practice.slug, given.rows))
        self.countries.update(practice.countries, (city.country for city in practice.cities))
        self.runs.add(run)


def process_batch(
    practices: Sequence[PracticeRows], context: BatchContext, failure: str = ""
) -> tuple[Verdicts, Fragments]:
    """Return what was found on some practices, and what they make of a release.

    ``failure`` says why the only one of them cannot be processed at all: it is withheld.
    """
    judged, verdicts = judge_batch(practices, context, failure)
    fragments = Fragments(ReleaseFragment(context.conversion.deployment.base))
    for practice in judged:
        if practice.is_withheld:
            fragments.withheld.append(_withheld(practice))
        else:
            fragments.publish(practice, context)
    fragments.release.seal()
    return verdicts, fragments


def _withheld(judged: JudgedPractice) -> WithheldPractice:
    """Return a withheld practice; a row gets the sentences on it, or all where none is on it alone."""
    problems = [finding for finding in judged.findings if finding.severity is Severity.VIOLATION]
    rows = []
    for row in judged.given.rows:
        own = tuple(finding.message for finding in problems if _is_about(finding, row))
        rows.append((row, own or tuple(finding.message for finding in problems)))
    return WithheldPractice(judged.given.number, judged.given.slug, tuple(rows))


def _is_about(finding: Finding, row: Row) -> bool:
    place, here = finding.place, row.place
    return place is not None and (place.file, place.sheet, place.row) == (here.file, here.sheet, here.row)
