"""Work in a process apart, for what only the kernel can stop, such as a query of the store."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from pipeline.system.limits import Allowance
from pipeline.system.processes import has_one_thread, spawn

Item = TypeVar("Item")
Result = TypeVar("Result")

_PART = 0.25
"""How much of the time that is left each item gets. The rest is for those without a result."""


def each_apart(
    work: Callable[[Item], Result], items: Sequence[Item], allowance: Allowance
) -> Iterator[tuple[Item, Result | None]]:
    """Yield each item with its result; with None where it takes too long, or ends the process that works on it.

    Without a limit, and where this process has several threads, the work is done here.
    """
    if allowance.is_unlimited or not has_one_thread():
        yield from ((item, work(item)) for item in items)
        return
    first = 0
    while first < len(items):
        receiver, sender = Pipe(duplex=False)
        with receiver:
            with sender:
                child = spawn("pg-suspects", partial(_send_results, work, items[first:], sender))
            try:
                for item in items[first:]:
                    first += 1
                    results = _receive(receiver, allowance)
                    yield item, results[0] if results else None
                    if not results:
                        break
            finally:
                child.end()


def _send_results(work: Callable[[Item], Any], items: Sequence[Item], sender: Connection) -> None:
    for item in items:
        sender.send(work(item))


def _receive(receiver: Connection, allowance: Allowance) -> tuple[Any, ...]:
    """Return the next result, alone in a tuple, or nothing where there is none."""
    with allowance.share(_PART) as seconds:
        try:
            return (receiver.recv(),) if receiver.poll(seconds) else ()
        except EOFError:
            return ()
