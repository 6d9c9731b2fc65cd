"""Processing: all batches on an engine, and what each adds to the release."""

from pipeline.release.release_writer import ReleaseWriter
from pipeline.steps.batch import process_batch
from pipeline.steps.build_context import BuildContext
from pipeline.steps.engine import Engine
from pipeline.steps.judge import DUPLICATE, BatchContext, Judging, sample_of
from pipeline.steps.prepare import PreparedSources
from pipeline.steps.publish import Publication, Publisher


def process(
    context: BuildContext, prepared: PreparedSources, writer: ReleaseWriter, engine: Engine
) -> Publication:
    """Process all batches, and take in what each makes of the release."""
    workspace = context.workspace
    hashes = context.previous.hashes() | prepared.hashes
    sample = sample_of(workspace.staging.practice_count())
    shared = BatchContext(context.conversion, workspace.headers, sample, hashes)
    judging, publisher = Judging(workspace, shared), Publisher(writer, context, shared)
    for verdicts, fragments in engine.run(process_batch, context, shared):
        judging.add(verdicts)
        publisher.take(fragments)
    doubtful = judging.finish()
    publication = publisher.finish()
    writer.add_finding(DUPLICATE, filter(workspace.ledger.is_public, sorted(doubtful)))
    return publication
