"""The web side of the query children: to ask a question, and to tell a whole answer from one cut short."""

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from endpoint.children import frames
from endpoint.children.frames import Kind
from endpoint.children.question import Limits, Question

_LOOK_EVERY = 0.25
_PATIENCE = 2.0
"""Seconds to wait for a child that is free: twice what it takes for a spare to be started."""

_PAUSE = 0.01
_GRACE = 2.0
"""Seconds beyond the deadline before a child that the kernel should have ended is given up."""


class QuestionFailed(Exception):
    """Base of all ways in which a question gets no whole answer."""


class Busy(QuestionFailed):
    """No child is free, or too many questions are under way."""


class Refused(QuestionFailed):
    """The child answered with an error: ``kind`` is syntax, format, memory, store or failure."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Stopped(QuestionFailed):
    """The child died of the question: by the deadline, or else by its memory or its depth."""

    def __init__(self, *, by_deadline: bool) -> None:
        super().__init__("deadline" if by_deadline else "memory")
        self.by_deadline = by_deadline


class Abandoned(QuestionFailed):
    """The client went away before the answer began."""


class Answer:
    """An answer: its first bytes, and the rest, if it is not ``complete``. Close it in any case."""

    def __init__(self, asked: "_Asked") -> None:
        self._asked = asked
        kind, content = asked.next()
        self.first = b""
        self.complete = kind is Kind.END
        if kind is Kind.BODY:
            self.first = content
            # A small answer is whole after one frame: its length is known, nothing needs to be streamed.
            if len(content) < frames.BODY_LIMIT:
                self.complete = asked.next()[0] is Kind.END

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()

    def rest(self) -> Iterator[bytes]:
        """Yield what follows the first bytes; raise QuestionFailed where it does not come to its end."""
        while not self.complete:
            kind, content = self._asked.next()
            self.complete = kind is Kind.END
            if content:
                yield content

    def close(self) -> None:
        """Let the child go; one that still computes is ended by this."""
        self._asked.close()


class Children:
    """The query children behind a socket, of which this process asks at most so many at once."""

    def __init__(self, path: Path, limits: Limits, *, in_flight: int) -> None:
        self.limits = limits
        self._path = path
        self._places = threading.BoundedSemaphore(in_flight)

    def ask(self, question: Question, is_abandoned: Callable[[], bool]) -> Answer:
        """Return an answer whose beginning is there; raise QuestionFailed where none began.

        It never waits for a place: with too many questions under way it raises Busy at once. ``is_abandoned``
        is asked now and then whether the client is still there.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        asked = _Asked(self._places, question, is_abandoned)
        try:
            asked.start(self._path)
            return Answer(asked)
        except BaseException:
            asked.close()
            raise


class _Asked:
    """One question under way, and its place among those that may be."""

    def __init__(
        self, places: threading.BoundedSemaphore, question: Question, is_abandoned: Callable[[], bool]
    ) -> None:
        self._places = places
        self._question = question
        self._is_abandoned = is_abandoned
        self._connection = _new_connection()
        self._started = 0.0
        self._open = True

    def start(self, path: Path) -> None:
        """Ask, and wait until a child has begun; raise Busy where none does."""
        until = time.monotonic() + _PATIENCE
        while not self._is_taken(path, until):
            # The child that had accepted died before it began; another one may take the question.
            self._connection.close()
            self._connection = _new_connection()
        self._started = time.monotonic()
        self._connection.settimeout(self._question.seconds + _GRACE)

    def _is_taken(self, path: Path, until: float) -> bool:
        """Tell whether a child has begun with the question; raise Busy when the time is over."""
        self._connection.settimeout(_PATIENCE)
        try:
            self._connection.connect(str(path))
        except OSError as error:
            raise Busy from error
        try:
            frames.send(self._connection, Kind.QUESTION, self._question.to_bytes())
            self._wait(until)
            frames.receive(self._connection)
        except TimeoutError as error:
            raise Busy from error
        except (OSError, frames.BrokenConversation) as error:
            if time.monotonic() > until:
                raise Busy from error
            time.sleep(_PAUSE)
            return False
        return True

    def next(self) -> tuple[Kind, bytes]:
        """Return the next frame, of kind BODY or END."""
        try:
            self._wait(self._started + self._question.seconds + _GRACE)
            kind, content = frames.receive(self._connection)
        except (OSError, frames.BrokenConversation) as error:
            # The timer began in the child a moment before the clock here did.
            elapsed = time.monotonic() - self._started
            raise Stopped(by_deadline=elapsed >= self._question.seconds * 0.99) from error
        if kind is Kind.REFUSED:
            refusal = json.loads(content)
            raise Refused(refusal["kind"], refusal["message"])
        return kind, content

    def close(self) -> None:
        """End the conversation and give the place back."""
        if self._open:
            self._open = False
            with contextlib.suppress(OSError):
                self._connection.close()
            self._places.release()

    def _wait(self, until: float) -> None:
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        while not poll.poll(_LOOK_EVERY * 1000):
            if self._is_abandoned():
                raise Abandoned
            if time.monotonic() > until:
                raise TimeoutError


def _new_connection() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
