"""What a signal to end does to a command: it unwinds, so that temporary files go, or ends at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Terminated(BaseException):
    """A signal asks this process to end; like KeyboardInterrupt, it is no error that code should handle."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def unwound_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the block, as Control-C does, and then end the process as they would have.

    A second signal ends it at once. Outside the main thread, and where a signal is ignored, nothing changes.
    """
    is_main = threading.current_thread() is threading.main_thread()
    numbers = [number for number in _SIGNALS if is_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, _unwind)
    try:
        yield
    except Terminated as ending:
        os.kill(os.getpid(), ending.number)
        raise
    finally:
        _restore()


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Let Control-C and the other signals end this process at once, also while native code computes.

    Such code, and a thread that waits for input, hears of no exception. Ignored signals stay ignored.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_SIGNALS)}
    handled = {number: handler for number, handler in before.items() if callable(handler)}
    for number in handled:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)


def _unwind(number: int, _: FrameType | None) -> NoReturn:
    _restore()
    raise Terminated(number)


def _restore() -> None:
    for number in _SIGNALS:
        if signal.getsignal(number) is _unwind:
            signal.signal(number, signal.SIG_DFL)
