"""Releasing: what a build knows besides its practices, for the release that it finishes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from pipeline import __version__
from pipeline.description.describe import describe_countries
from pipeline.description.provenance import Run, describe_run
from pipeline.findings.accounting import Accounting
from pipeline.findings.messages import say
from pipeline.findings.reports.json_report import finding_as_json
from pipeline.findings.reports.shacl_report import shacl_report
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import Term, write
from pipeline.rdf.vocabulary import ontology_version, vocabulary_files
from pipeline.records.ledger import Ledger, ledger_lines
from pipeline.records.previous_release import PreviousRelease
from pipeline.release.contents.nodes import Vocabulary, load_vocabulary
from pipeline.release.folder.build_facts import PublishedRelease, ReleaseFacts, RetiredRecord, SourceFacts
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter
from pipeline.steps.build_context import BuildContext
from pipeline.steps.publish import Publication
from pipeline.steps.read import SourceSummary
from pipeline.system.clock import current_time, latest_time, timestamp


def finish(
    writer: ReleaseWriter,
    publication: Publication,
    context: BuildContext,
    inputs: Sequence[SourceSummary],
    numbers: Accounting,
    dataset: Mapping[str, str],
) -> PublishedRelease:
    """Write the release and switch to it; return what was published.

    ``dataset`` is what the publisher says of the dataset, by the names of the settings.
    """
    workspace, deployment = context.workspace, context.conversion.deployment
    context.progress.note(say("Sorting …"))
    terms = _vocabulary(publication.countries)
    version = writer.seal(terms)
    started = context.conversion.now
    ended = max(started, timestamp(current_time()))
    run = Run(started, ended, __version__, {source.name: source.sha256 for source in inputs})
    journal, counts = workspace.journal, publication.counts.by_name()
    quality = publication.quality.numbers(journal.codes, numbers.quarantined, terms.lines)
    context.progress.note(say("Writing dumps, index and store …"))
    return writer.finish(
        ReleaseFacts(
            software=__version__,
            created=latest_time(ended, context.previous.created),
            report={
                "conforms": numbers.conforms,
                "accepted": numbers.is_accepted(),
                "summary": numbers.as_json(),
                "findings": [finding_as_json(finding) for finding in journal],
            },
            report_turtle=shacl_report(journal),
            sources=tuple(SourceFacts(each.name, each.sha256, each.size, each.rows) for each in inputs),
            counts={**numbers.as_json(), **counts},
            ledger=ledger_lines(workspace.ledger.entries(version)),
            provenance=_provenance(publication.runs, run, deployment, context.previous),
            gone=tuple(_retired_records(workspace.ledger)),
            dataset=dataset,
            history=workspace.history.finish(version, started, counts, quality),
        )
    )


def _vocabulary(used: Iterable[str]) -> Vocabulary:
    """Return the vocabulary with the countries outside the facet that the practices use."""
    return _vocabulary_with(describe_countries(used))


@lru_cache(maxsize=4)
def _vocabulary_with(countries: str) -> Vocabulary:
    return load_vocabulary(vocabulary_files(), ontology_version(), countries)


def _provenance(
    runs: frozenset[str], run: Run, deployment: Deployment, previous: PreviousRelease
) -> Iterator[str]:
    """Yield what is known of this run, where a record names it, and of the older ones that records still name."""
    if "" in runs:
        yield write(describe_run(Term(PENDING_RUN), run, deployment))
    yield from previous.run_lines(sorted(runs))


def _retired_records(ledger: Ledger) -> Iterator[RetiredRecord]:
    """Yield the records that were public once and are no more."""
    for entry in ledger.entries(""):
        if not entry.is_public:
            yield RetiredRecord(entry.slug, entry.state, entry.title, entry.since, entry.replaced_by or None)
