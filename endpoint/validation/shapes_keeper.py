"""A keeper of shapes: a process that has somebody's shapes checked and compiled, and forks a check for each order.

It is confined as a check is, before it reads the shapes. Of data it knows nothing: only its children read them.
"""

import gc
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from endpoint.validation.orders import TRY_AGAIN, Order
from pipeline.system.limits import unshared_memory
from pipeline.system.processes import CannotStart, Process, reap, spawn

_MOST = 4
_SECONDS_IDLE = 600.0
_LONGEST_ORDER = 1 << 20


def keep(
    first: Order,
    connection: socket.socket,
    load: Callable[[Order], bool],
    work: Callable[[Order], None],
    seconds: float,
) -> None:
    """Be a keeper: ``load`` the shapes of the first order, and have ``work`` done for each order that comes.

    Where the shapes cannot be loaded the order is done with that, and the keeper ends. No order takes longer than
    a number of seconds, in case the process that ends it has died.
    """
    if not load(first):
        return
    gc.collect()
    gc.freeze()
    order: Order | None = first
    while order is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        code = _code_of(partial(_be_check, connection, work, order))
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.sendall(json.dumps({"code": code}).encode() + b"\n")
        order = _next(connection)


def _code_of(work: Callable[[], None]) -> int:
    """Return the exit code of a child that does some work."""
    try:
        code = spawn("pg-check", work).wait()
    except CannotStart:
        return TRY_AGAIN
    assert code is not None
    return code


def _be_check(connection: socket.socket, work: Callable[[Order], None], order: Order) -> None:
    connection.close()
    work(order)


def _next(connection: socket.socket) -> Order | None:
    """Return the next order, None where there will be no more."""
    received = b""
    while not received.endswith(b"\n"):
        part = connection.recv(1 << 16)
        if not part or len(received) > _LONGEST_ORDER:
            return None
        received += part
    return Order.from_line(received)


@dataclass(eq=False, slots=True)
class Keeper:
    """A keeper, as the process that has started it sees it; ``is_busy`` while it has an order."""

    digest: str
    process: Process
    connection: socket.socket
    is_busy: bool = True
    used: float = field(default_factory=time.monotonic)
    size: int = 0

    def give(self, order: Order) -> bool:
        """Send an order; return whether that was possible."""
        try:
            self.connection.sendall(order.to_line())
        except OSError:
            return False
        self.is_busy = True
        return True

    def code(self) -> int | None:
        """Return the exit code of the check that has ended, None where the keeper itself has ended or is ending."""
        with suppress(OSError, ValueError, KeyError, TypeError):  # whatever it says, it is not trusted
            message = self.connection.recv(4096)
            if message:
                self.is_busy, self.used = False, time.monotonic()
                self.size = unshared_memory(self.process.pid)
                return int(json.loads(message)["code"])
        return None


class Keepers:
    """The keepers of one server: few, and in little memory; those not used for long are ended first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._all: list[Keeper] = []

    def __iter__(self) -> Iterator[Keeper]:
        """Yield the keepers."""
        return iter(tuple(self._all))

    def find(self, digest: str) -> Keeper | None:
        """Return a keeper of some shapes that has no order."""
        reap()
        idle = (each for each in self._all if not each.is_busy and each.process.code is None)
        return next((each for each in idle if each.digest == digest), None)

    def start(self, order: Order, be: Callable[[socket.socket], None]) -> Keeper:
        """Start a keeper with its first order; raise CannotStart where no process can be started."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = spawn("pg-shapes", partial(_be_keeper, ours, theirs, be), own_session=True)
            except CannotStart:
                ours.close()
                raise
        ours.setblocking(False)
        keeper = Keeper(order.digest, process, ours)
        self._all.append(keeper)
        return keeper

    def forget(self, keeper: Keeper) -> None:
        """Take no more account of a keeper that has ended."""
        keeper.connection.close()
        self._all.remove(keeper)

    def close(self) -> None:
        """Close the connections to all keepers, as a forked process must."""
        for keeper in self._all:
            keeper.connection.close()

    def end(self) -> None:
        """End all keepers."""
        for keeper in self._all:
            keeper.process.signal(signal.SIGKILL)

    def end_spare_ones(self) -> None:
        """End idle keepers: those whose shapes another has, those not used for long, and others if room is needed."""
        ready: set[str] = set()
        room, now = self._most_bytes, time.monotonic()
        for keeper in sorted(self._all, key=lambda each: each.used, reverse=True):
            if keeper.is_busy:
                continue
            is_spare = keeper.digest in ready or len(ready) >= _MOST or keeper.size > room
            if is_spare or now - keeper.used > _SECONDS_IDLE:
                keeper.process.signal(signal.SIGKILL)
                keeper.is_busy = True
            else:
                ready.add(keeper.digest)
                room -= keeper.size


def _be_keeper(ours: socket.socket, theirs: socket.socket, be: Callable[[socket.socket], None]) -> None:
    ours.close()
    be(theirs)
