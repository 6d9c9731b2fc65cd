"""Judging: the practices of a batch described and passed through the gate, each with everything found on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.description.describe import describe_countries
from pipeline.findings.finding_messages import finding_of
from pipeline.findings.header_findings import Headers
from pipeline.gate.checker import Checker, Judgement, merge_results, vocabulary_lines
from pipeline.gate.record_scope import RecordScope
from pipeline.gate.shapes import load_shapes
from pipeline.model.finding import Finding, Severity
from pipeline.model.practice import Practice
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import expand, shapes_files, vocabulary_files
from pipeline.recognition.notes import practice_name
from pipeline.records.similar import Similar, Titles
from pipeline.records.workspace import Workspace
from pipeline.release.contents.line_sorting import blocks_of, join_blocks
from pipeline.steps.convert import Conversion, ConvertedPractice, PracticeRows, convert, place_lines
from pipeline.steps.verdict import to_findings

_FORWARD = """
    icgp:topic icgp:country icgp:city icgp:inCountry icgp:year icgp:inferredProperty
    dct:subject dct:spatial dct:temporal dct:isPartOf foaf:primaryTopic foaf:isPrimaryTopicOf
    skos:inScheme skos:topConceptOf skos:hasTopConcept skos:broader skos:narrower skos:member"""
RECORD = RecordScope(
    main_class=expand("icgp:GoodPractice"),
    topic=expand("foaf:primaryTopic"),
    forward=frozenset(map(expand, _FORWARD.split())),
    backward=frozenset(map(expand, ("foaf:primaryTopic", "foaf:isPrimaryTopicOf", "dct:temporal"))),
)
"""What belongs to the record of a practice: the record itself, the period and the cities."""

DUPLICATE = "duplicate-probable"
SAMPLE, SHARE = 200, 0.01
"""So many of the practices that pass are shown to pySHACL at most, and no greater share of them."""


@dataclass(frozen=True, slots=True)
class BatchContext:
    """The context of all batches of a build; small, and the same for each.

    ``hashes`` are the SHA-256 of the inputs by their names; ``sample`` is the share of the practices that pass
    which is shown to pySHACL.
    """

    conversion: Conversion
    headers: Headers
    sample: float
    hashes: Mapping[str, str] = field(default_factory=dict)


def sample_of(practices: int) -> float:
    """Return the share of so many practices that is shown to pySHACL although it passes."""
    return min(SHARE, SAMPLE / max(practices, 1))


class JudgedPractice(NamedTuple):
    """A practice after the gate, with all findings on it; withheld when one is a violation."""

    given: PracticeRows
    converted: ConvertedPractice
    findings: tuple[Finding, ...]

    @property
    def is_withheld(self) -> bool:
        """Return whether the practice goes to the quarantine."""
        return any(finding.severity is Severity.VIOLATION for finding in self.findings)


@dataclass(slots=True)
class Verdicts:
    """What was found on the practices of a batch, for the parts of a build that see all batches.

    ``findings`` are in the order of the practices; ``headers`` holds what follows from headers alone. ``shared`` are
    the judgements on nodes that other batches may hold, too, and ``places`` what was said of these, which is judged
    again where batches differ. ``titles`` are for the search for probable duplicates.
    """

    headers: Headers
    findings: list[Finding] = field(default_factory=list)
    shacl_results: int = 0
    shared: list[Judgement] = field(default_factory=list)
    places: dict[str, bytes] = field(default_factory=dict)
    titles: Titles = field(default_factory=Titles)


def judge_batch(
    practices: Sequence[PracticeRows], context: BatchContext, failure: str = ""
) -> tuple[list[JudgedPractice], Verdicts]:
    """Return the practices of a batch, each with all findings on it, and what is to be known beyond the batch.

    ``failure`` says why the only one of them cannot be processed at all.
    """
    conversion = context.conversion
    verdicts = Verdicts(context.headers.of_batch())
    converted = [
        _failed_practice(practice, failure) if failure else convert(practice, conversion)
        for practice in practices
    ]
    texts = {text for made in converted for text in place_lines(made.practice, conversion.deployment)}
    verdicts.places = dict(join_blocks(sorted(block for text in texts for block in blocks_of(text))))
    countries = describe_countries({code for made in converted for code in made.practice.countries})
    lines = b"".join(
        (*(made.judged.encode() for made in converted), *verdicts.places.values(), countries.encode())
    )
    results: dict[str, list[ShaclResult]] = {made.practice.slug: [] for made in converted}
    checker = checker_of(context.sample)
    for key, shacl_results in (*checker.on_vocabulary, *checker.check(lines)):
        elsewhere: list[ShaclResult] = []
        for result in shacl_results:
            slug = conversion.deployment.slug_of(result.focus.strip("<>"))
            results.get(slug or "", elsewhere).append(result)
        if elsewhere:
            verdicts.shared.append((key, tuple(elsewhere)))
        verdicts.shacl_results += len(shacl_results) - len(elsewhere)
    judged = []
    for given, made in zip(practices, converted, strict=True):
        verdicts.titles.add(given.number, made.practice)
        own = results[made.practice.slug]
        added = to_findings(own, given.rows, made.findings, conversion.deployment, conversion.latest_year)
        findings = (*made.findings, *added)
        verdicts.findings += filter(None, map(verdicts.headers.without_consequence, findings))
        judged.append(JudgedPractice(given, made, findings))
    return judged, verdicts


def _failed_practice(given: PracticeRows, error: str) -> ConvertedPractice:
    """Return a practice with nothing but the error that it causes."""
    finding = finding_of("record-fails", given.rows[0].place, name=practice_name(given.rows), error=error)
    return ConvertedPractice(Practice(given.slug, (), ""), (finding,), "", "", "")


@lru_cache(maxsize=2)
def checker_of(sample: float) -> Checker:
    """Return what judges records by the rules of practices; each process makes it once."""
    shapes = load_shapes([path for path in shapes_files() if path.name == "practice.ttl"], scope=RECORD)
    return Checker(shapes, vocabulary_lines(vocabulary_files()), sample)


class Judging:
    """The verdicts of a build or a validation: takes those of each batch, and adds what only all of them show."""

    def __init__(self, workspace: Workspace, context: BatchContext) -> None:
        self._workspace = workspace
        self._context = context
        self._shared: list[Judgement] = []
        self._places: dict[str, bytes] = {}
        self._differing: dict[str, set[bytes]] = {}

    def add(self, verdicts: Verdicts) -> None:
        """Journal the findings of a batch, and keep what they and those of other batches show together."""
        self._workspace.journal.shacl_results += verdicts.shacl_results
        for finding in verdicts.findings:
            self._workspace.journal.add(finding)
        self._workspace.headers.add(verdicts.headers)
        self._workspace.titles.add(verdicts.titles)
        self._shared += verdicts.shared
        for place, lines in verdicts.places.items():
            if self._places.setdefault(place, lines) != lines:
                self._differing.setdefault(place, {self._places[place]}).add(lines)

    def finish(self) -> frozenset[str]:
        """Journal the findings on what practices share, on headers, and on probable duplicates.

        Returns the slugs of the practices that are probable duplicates, both of each pair.
        """
        journal, conversion = self._workspace.journal, self._context.conversion
        differing = b"".join(line for texts in self._differing.values() for line in sorted(texts))
        judged_again = checker_of(self._context.sample).check(differing) if differing else ()
        shared = sorted(self._shared, key=lambda judgement: judgement[0] or "")
        results = tuple(merge_results((judged_again, shared)))
        journal.shacl_results += len(results)
        findings = to_findings(results, (), (), conversion.deployment, conversion.latest_year)
        pairs = tuple(self._workspace.titles.pairs())
        for finding in (*findings, *self._workspace.headers.findings(), *self._duplicates(pairs)):
            journal.add(finding)
        return frozenset(practice.slug for pair in pairs for practice in pair)

    def _duplicates(self, pairs: Sequence[tuple[Similar, Similar]]) -> Iterator[Finding]:
        """Yield a finding on each pair of practices that may be one."""
        numbers = [practice.number for pair in pairs for practice in pair]
        places = self._workspace.staging.title_places(numbers)
        for one, other in pairs:
            focus = self._context.conversion.deployment.practice(other.slug)[1:-1]
            place, where = places[other.number][1], places[one.number][0]
            yield finding_of(DUPLICATE, place, focus, other=other.title, one=one.title, where=where)
