"""Batches on Spark: the executors process them, the driver takes the results in the order of the practices."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain, islice, repeat, takewhile
from operator import itemgetter
from typing import TypeVar

from pyspark import RDD, SparkContext

from pipeline.model.errors import PracticegraphError
from pipeline.spark.cluster_practices import ClusterPractices
from pipeline.spark.session import SPARK_ERRORS, fault_of, first_line, is_gone
from pipeline.spark.stage import NumberedResult, Stage
from pipeline.steps.convert import PracticeRows
from pipeline.steps.judge import BatchContext
from pipeline.steps.local_engine import BATCH_SIZE, isolate_failures
from pipeline.steps.practice_rows import Batch, batches_of
from pipeline.system.worker_pool import TaskFailed, attempt

Result = TypeVar("Result")
Outcome = tuple[Batch, Result | TaskFailed]
Item = TypeVar("Item")

_BATCHES_OF_A_CORE = 4
_MOST_BATCHES = 64
"""How many batches a job has for each core, and at most: the driver holds those of two jobs, and feeds few cores."""


def run_batches_on_spark(
    spark: SparkContext,
    work: Callable[..., Result],
    practices: Iterable[PracticeRows],
    context: BatchContext,
    stage: Stage | None = None,
) -> Iterator[Result]:
    """Yield the results of ``work(batch, context)`` in the order of the practices.

    With a stage, results stay there, and only what is small of them is yielded.
    """
    batches = batches_of(iter(practices), BATCH_SIZE)
    yield from _results_of_jobs(
        spark, work, batches, tuple, partial(_parallelize_batches, spark), context, stage
    )


def run_staged_batches(
    spark: SparkContext,
    work: Callable[..., Result],
    practices: ClusterPractices,
    numbers: Sequence[int],
    context: BatchContext,
    stage: Stage,
) -> Iterator[Result]:
    """Yield what is small of the results of ``work(batch, context)`` for batches that are on the stage."""

    def fetch(number: int) -> Batch:
        (batch,) = practices.of((number,)).collect()
        return tuple(batch)

    yield from _results_of_jobs(spark, work, numbers, fetch, practices.of, context, stage)


def _results_of_jobs(
    spark: SparkContext,
    work: Callable[..., Result],
    batches: Iterable[Item],
    fetch: Callable[[Item], Batch],
    distribute: Callable[[Sequence[Item]], RDD[Batch]],
    context: BatchContext,
    stage: Stage | None,
) -> Iterator[Result]:
    """Yield the results of batches, or of what names them, in order.

    Two jobs are under way at a time: while the driver takes the results of one, the executors work on the next.
    Spark tries a lost batch again; one that fails permanently is divided until the practice to blame is alone.
    """
    shared = spark.broadcast(context)

    def on_batch(batch: Batch, **more: str) -> Result:
        return work(batch, context=shared.value, **more)

    def on_spark(rdd: RDD[Batch]) -> list[Result | TaskFailed]:
        try:
            return _results(on_batch, stage, rdd)
        except SPARK_ERRORS as error:
            if is_gone(spark):  # no batch is to blame
                raise fault_of(spark, "", error) from error
            raise

    def again(batch: Batch) -> Result | TaskFailed:
        """Return what a job made of one batch, or why it failed."""
        try:
            return on_spark(_parallelize_batches(spark, (batch,)))[0]
        except SPARK_ERRORS as error:
            return TaskFailed(first_line(error))

    def run(job: Sequence[Item]) -> list[Outcome[Result]]:
        """Return what a job made of some batches; where the job fails, each batch becomes a job of its own."""
        try:
            outcomes = on_spark(distribute(job))
        except SPARK_ERRORS:
            return [(batch, again(batch)) for batch in map(fetch, job)]
        return [
            (fetch(one) if isinstance(outcome, TaskFailed) else (), outcome)
            for one, outcome in zip(job, outcomes, strict=True)
        ]

    def outcomes() -> Iterator[Outcome[Result]]:
        left, cores = iter(batches), spark.defaultParallelism
        # the first job has one for each core, so that all begin early
        sizes = chain([cores], repeat(min(_BATCHES_OF_A_CORE * cores, max(_MOST_BATCHES, cores))))
        jobs = takewhile(bool, (tuple(islice(left, size)) for size in sizes))
        with ThreadPoolExecutor(2) as threads:
            running: list[Future[list[Outcome[Result]]]] = []
            for job in jobs:
                running.append(threads.submit(run, job))
                if len(running) == 2:
                    yield from running.pop(0).result()
            for last in running:
                yield from last.result()

    yield from isolate_failures(outcomes(), partial(work, context=context), again)
    shared.destroy()


def _parallelize_batches(spark: SparkContext, batches: Sequence[Batch]) -> RDD[Batch]:
    """Return batches that the driver sends, each as a task."""
    return spark.parallelize(batches, len(batches))


def _results(
    on_batch: Callable[[Batch], Result], stage: Stage | None, batches: RDD[Batch]
) -> list[Result | TaskFailed]:
    """Return the results of a job in order; raise SPARK_ERRORS where it fails, and what says why a build must end."""
    numbered = batches.map(partial(_number_result, on_batch))
    collected = numbered.collect() if stage is None else stage.keep(numbered)
    outcomes: list[Result | TaskFailed] = [outcome for _, outcome in sorted(collected, key=itemgetter(0))]
    for outcome in outcomes:
        if isinstance(outcome, PracticegraphError):
            raise outcome
    return outcomes


def _number_result(on_batch: Callable[[Batch], Result], batch: Batch) -> NumberedResult:
    """Return the number of a batch's first practice, and what became of the batch."""
    return batch[0].number, attempt(on_batch, batch)
