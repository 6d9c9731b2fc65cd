"""Releasing: what a build knows beside its practices, handed to the release that it finishes."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline import __version__
from pipeline.description.describe import describe_countries
from pipeline.description.provenance import Run, describe_run
from pipeline.findings.accounting import Accounting
from pipeline.findings.reports.json_report import finding_as_json
from pipeline.findings.reports.shacl_report import shacl_report
from pipeline.rdf.ntriples import Term, write
from pipeline.rdf.vocabulary import ontology_version, vocabulary_files
from pipeline.records.ledger import ledger_lines
from pipeline.release import (
    PENDING_RUN,
    Published,
    ReleaseFacts,
    ReleaseWriter,
    SourceFacts,
    Vocabulary,
    load_vocabulary,
)
from pipeline.steps.publish import Publishing
from pipeline.steps.read import SourceRead
from pipeline.steps.settings import BuildSettings
from pipeline.system.clock import current_time, latest_time, timestamp
from pipeline.system.progress import Progress


def finish(
    writer: ReleaseWriter,
    publishing: Publishing,
    read: Sequence[SourceRead],
    numbers: Accounting,
    settings: BuildSettings,
    progress: Progress,
) -> Published:
    """Write the release and switch to it; return what was published."""
    progress.note("Sorting …")
    terms = _vocabulary(publishing.countries)
    version = writer.seal(terms)
    ended = max(publishing.now, timestamp(current_time()))
    run = Run(publishing.now, ended, __version__, {source.name: source.sha256 for source in read})
    journal = publishing.workspace.journal
    quality = publishing.quality.numbers(journal.codes, numbers.quarantined, terms.lines)
    progress.note("Writing dumps, index and store …")
    return writer.finish(
        ReleaseFacts(
            software=__version__,
            created=latest_time(ended, publishing.last.created),
            report={
                "conforms": numbers.conforms,
                "accepted": numbers.accepted(),
                "summary": numbers.as_json(),
                "findings": [finding_as_json(finding) for finding in journal],
            },
            report_turtle=shacl_report(journal),
            sources=tuple(SourceFacts(each.name, each.sha256, each.size, each.rows) for each in read),
            counts={**numbers.as_json(), **publishing.counts},
            ledger=ledger_lines(publishing.workspace.ledger.entries(version)),
            rows=publishing.rows,
            provenance=_provenance(publishing, run),
            gone=tuple(publishing.gone()),
            dataset=settings.dataset,
            history=publishing.workspace.history.finish(version, publishing.now, publishing.counts, quality),
        )
    )


def _vocabulary(used: Iterable[str]) -> Vocabulary:
    """Return the vocabulary with the countries outside the facet that the practices use."""
    return load_vocabulary(vocabulary_files(), ontology_version(), describe_countries(used))


def _provenance(publishing: Publishing, run: Run) -> Iterator[str]:
    """Yield what is known of this run, where a record names it, and of the older ones that records still name."""
    if "" in publishing.runs:
        yield write(describe_run(Term(PENDING_RUN), run, publishing.deployment))
    yield from publishing.last.run_lines(sorted(publishing.runs))
