"""The writer pool: page writers in processes of their own, each with the same release open."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from endpoint.static_site.page_writer import PageWriter
from pipeline.model.errors import EnvironmentFault

Submit = Callable[..., Future[Any]]
"""Calls a method of a page writer, by its name and arguments, some time soon."""


@contextmanager
def writers(make: Callable[[], PageWriter], jobs: int) -> Iterator[Submit]:
    """Yield what calls the methods of page writers, in this process or in several others.

    Processes are started afresh, since this one has a store open, and so has threads.
    """
    if jobs <= 1:
        writer = make()
        yield lambda method, *arguments: _done(getattr(writer, method)(*arguments))
        return
    try:
        with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (make,)) as pool:
            yield lambda method, *arguments: pool.submit(_call, method, *arguments)
    except BrokenProcessPool as error:
        raise EnvironmentFault(
            "A process of the export was killed, most likely for want of memory. Run it with --jobs 1."
        ) from error


_writers: list[PageWriter] = []
"""The page writer of a process."""


def _start(make: Callable[[], PageWriter]) -> None:
    _writers.append(make())
    gc.freeze()  # what lives as long as the process need not be looked through again and again
    gc.set_threshold(50_000)


def _call(method: str, *arguments: Any) -> Any:
    return getattr(_writers[0], method)(*arguments)


def _done(result: Any) -> Future[Any]:
    future = Future[Any]()
    future.set_result(result)
    return future
