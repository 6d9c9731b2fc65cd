"""The local engine: batches of practices processed on the cores of this machine, their results in order.

A batch that ends its process is tried again, and if that fails again its halves are, down to the practice that is to
blame: that one is withheld, and the others are spared.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from pipeline.model.errors import EnvironmentFault, PracticegraphError
from pipeline.steps.convert import PracticeRows
from pipeline.steps.judge import BatchContext, checker_of
from pipeline.steps.practice_rows import Batch, batches_of
from pipeline.system.processes import has_one_thread
from pipeline.system.worker_pool import TaskFailed, WorkerPool, attempt

BATCH_SIZE = 1000
"""How many practices a batch has; more save little time and cost memory."""

_MOST_FAILING = 20
"""So many practices of a batch may be withheld because they fail; where more do, it is not they that are to blame."""

Result = TypeVar("Result")
_Attempt = Callable[[Batch], Result | TaskFailed]


def run_batches(
    work: Callable[..., Result], practices: Iterable[PracticeRows], context: BatchContext, jobs: int
) -> Iterator[Result]:
    """Yield the results of ``work(batch, context)`` in the order of the practices.

    A practice that fails by itself is given to it with the reason as ``failure``. One job needs no other process, and
    cannot outlive what ends its process.
    """
    on_batch = partial(work, context=context)
    batches = batches_of(iter(practices), BATCH_SIZE)
    if jobs == 1:
        yield from isolate_failures(
            ((batch, _here(on_batch, batch)) for batch in batches), on_batch, partial(_here, on_batch)
        )
        return
    if has_one_thread():
        checker_of(context.sample)  # the processes are forked, and have it then
    with WorkerPool(on_batch, jobs) as pool, WorkerPool(on_batch, 1) as alone:
        yield from isolate_failures(
            pool.results(batches), on_batch, lambda batch: next(alone.results([batch]))[1]
        )


def isolate_failures(
    outcomes: Iterable[tuple[Batch, Result | TaskFailed]],
    on_batch: Callable[..., Result],
    again: _Attempt[Result],
) -> Iterator[Result]:
    """Yield the results; of a batch that fails those of its parts, without the practices that are to blame."""
    for batch, outcome in outcomes:
        if not isinstance(outcome, TaskFailed):
            yield outcome
            continue
        parts, failing = [batch], 0
        while parts:
            part = parts.pop()
            outcome = again(part)
            if not isinstance(outcome, TaskFailed):
                yield outcome
            elif len(part) > 1:
                parts += [part[len(part) // 2 :], part[: len(part) // 2]]
            elif failing < _MOST_FAILING:
                failing += 1
                yield on_batch(part, failure=str(outcome))
            else:
                raise EnvironmentFault(
                    f"More than {_MOST_FAILING} records of a batch fail ({outcome}). "
                    "If memory is short, use fewer jobs (--jobs); otherwise please report this with the records."
                )


def _here(on_batch: Callable[[Batch], Result], batch: Batch) -> Result | TaskFailed:
    """Do the work in this process; raise errors that are not the fault of a record."""
    outcome = attempt(on_batch, batch)
    if isinstance(outcome, PracticegraphError):
        raise outcome
    if isinstance(outcome, TaskFailed) and isinstance(outcome.__cause__, MemoryError | OSError):
        raise outcome.__cause__
    return outcome
