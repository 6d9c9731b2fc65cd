"""Judging: all practices described and passed through the gate, each with everything found on it."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pipeline.description.describe import describe_countries
from pipeline.findings.messages import say
from pipeline.gate import (
    PartitionWriter,
    RecordScope,
    ShaclResult,
    Shapes,
    load_shapes,
    part_count,
    validate_parts,
)
from pipeline.model.finding import Finding, Severity
from pipeline.rdf.vocabulary import DCT, FOAF, ICGP, SKOS, shapes_files, vocabulary_files
from pipeline.records.previous_release import rows_line
from pipeline.records.similar import Similar
from pipeline.records.workspace import Spool, Workspace
from pipeline.steps.convert import Conversion, Converted, convert, place_lines
from pipeline.steps.verdict import to_findings
from pipeline.system.progress import Progress
from pipeline.system.scratch_database import scratch_database

RECORD = RecordScope(
    main_class=ICGP + "GoodPractice",
    topic=FOAF + "primaryTopic",
    forward=frozenset(
        [
            *(ICGP + name for name in ("topic", "country", "city", "inCountry", "year", "inferredProperty")),
            *(DCT + name for name in ("subject", "spatial", "temporal", "isPartOf")),
            *(FOAF + name for name in ("primaryTopic", "isPrimaryTopicOf")),
            *(
                SKOS + name
                for name in ("inScheme", "topConceptOf", "hasTopConcept", "broader", "narrower", "member")
            ),
        ]
    ),
    backward=frozenset((FOAF + "primaryTopic", FOAF + "isPrimaryTopicOf", DCT + "temporal")),
)
"""What belongs to the record of a practice: the record itself, the period and the cities."""

_DUPLICATE = "duplicate-probable"
_RESULTS = files(__package__).joinpath("judge.sql")
SAMPLE, SHARE = 200, 0.01
"""So many of the practices that pass are shown to pySHACL at most, and no greater share of them."""


class Draft(NamedTuple):
    """A described practice on its way: its number in the staging, its conversion, and the line of its source rows.

    What only the gate needed of the conversion is left out.
    """

    number: int
    converted: Converted
    source_rows: str


@dataclass(frozen=True, slots=True)
class JudgedPractice:
    """A practice after the gate, with all findings on it; withheld when one is a violation."""

    draft: Draft
    findings: tuple[Finding, ...]
    is_probable_duplicate: bool = False

    @property
    def is_withheld(self) -> bool:
        """Return whether the practice goes to the quarantine."""
        return any(finding.severity is Severity.VIOLATION for finding in self.findings)

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of the findings on it; of two probable duplicates, both have that code."""
        codes = frozenset(finding.code for finding in self.findings)
        return codes | {_DUPLICATE} if self.is_probable_duplicate else codes


def judge(
    workspace: Workspace, conversion: Conversion, jobs: int, progress: Progress
) -> Iterator[JudgedPractice]:
    """Yield every practice with its verdict, in the order of its first row, and journal the findings."""
    total = workspace.staging.practice_count()
    drafts: Spool[Draft] = workspace.spool("drafts")
    folder = workspace.folder / "parts"
    folder.mkdir()
    parts = PartitionWriter(folder, part_count(total), RECORD)
    countries: set[str] = set()
    practices = progress.track(workspace.staging.practices(), "Describing", total)
    for number, rows in practices:
        for row in rows:
            workspace.headers.see(row)
        converted = convert(rows, workspace.ledger, conversion)
        practice = converted.practice
        drafts.append(Draft(number, converted._replace(judged=""), rows_line(practice.slug, rows)))
        workspace.titles.add(number, practice)
        focus = conversion.deployment.practice(practice.slug)[1:-1]
        parts.write(focus, converted.judged, place_lines(practice, conversion.deployment))
        countries.update(practice.countries)
    (folder / "countries.nt").write_text(describe_countries(countries), encoding="utf-8")
    with Results(workspace.folder / "results.sqlite") as results:
        sample = min(SHARE, SAMPLE / max(total, 1))
        _gate(workspace, parts.close(), results, conversion, jobs, sample, progress)
        pairs = tuple(workspace.titles.pairs())
        doubtful = frozenset(practice.slug for pair in pairs for practice in pair)
        for judged in _judged(workspace, drafts, results, conversion, progress):
            slug = judged.draft.converted.practice.slug
            yield replace(judged, is_probable_duplicate=True) if slug in doubtful else judged
    for finding in (*workspace.headers.told(), *_duplicates(pairs, workspace, conversion)):
        workspace.journal.add(finding)


@cache
def _practice_shapes() -> Shapes:
    return load_shapes([path for path in shapes_files() if path.name == "practice.ttl"], scope=RECORD)


def _gate(
    workspace: Workspace,
    parts: Sequence[Path],
    results: "Results",
    conversion: Conversion,
    jobs: int,
    sample: float,
    progress: Progress,
) -> None:
    shapes = _practice_shapes()
    vocabulary = (*vocabulary_files(), parts[0].parent / "countries.nt")
    results_of_gate = validate_parts(parts, vocabulary, shapes, jobs=jobs, sample=sample)
    for result in progress.track(results_of_gate, "Validating"):
        workspace.journal.shacl_results += 1
        results.add(conversion.deployment.slug_of(result.focus.strip("<>")) or "", result)


def _judged(
    workspace: Workspace, drafts: Spool[Draft], results: "Results", conversion: Conversion, progress: Progress
) -> Iterator[JudgedPractice]:
    for finding in to_findings(results.of(""), (), (), conversion.deployment, conversion.latest_year):
        workspace.journal.add(finding)
    for draft in progress.track(drafts, "Judging", drafts.length):
        before = draft.converted.findings
        results_of_practice = results.of(draft.converted.practice.slug)
        rows = workspace.staging.rows_of(draft.number) if results_of_practice else ()
        added = to_findings(results_of_practice, rows, before, conversion.deployment, conversion.latest_year)
        for finding in filter(None, map(workspace.headers.without_consequence, (*before, *added))):
            workspace.journal.add(finding)
        yield JudgedPractice(draft, (*before, *added))


def _duplicates(
    pairs: Iterable[tuple[Similar, Similar]], workspace: Workspace, conversion: Conversion
) -> Iterator[Finding]:
    """Yield a finding for each pair of practices that may be one."""
    for one, other in pairs:
        first, second = workspace.staging.rows_of(one.number)[0], workspace.staging.rows_of(other.number)[0]
        message = say(
            "“{other}” may be the same practice as “{one}” ({where}). "
            "Give both one id if it is; otherwise leave them as they are.",
            other=other.title,
            one=one.title,
            where=first.place.record,
        )
        focus = conversion.deployment.practice(other.slug)[1:-1]
        yield Finding(Severity.WARNING, _DUPLICATE, message, second.place_of("title"), focus)


class Results:
    """SHACL results by the slug of their practice, on disk."""

    def __init__(self, path: Path) -> None:
        self._db = scratch_database(path, _RESULTS.read_text(encoding="utf-8"))

    def __enter__(self) -> "Results":
        """Return the results."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database."""
        self._db.close()

    def add(self, slug: str, result: ShaclResult) -> None:
        """Keep a result."""
        self._db.execute("INSERT INTO result VALUES (?, ?)", (slug, pickle.dumps(result)))

    def of(self, slug: str) -> tuple[ShaclResult, ...]:
        """Return the results on one practice."""
        rows = self._db.execute("SELECT content FROM result WHERE slug = ?", (slug,))
        return tuple(pickle.loads(content) for (content,) in rows)  # noqa: S301 — this process wrote them
