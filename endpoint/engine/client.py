"""The web side of the query children: to ask a question, and to tell a whole answer from one cut short."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from endpoint.engine import wire_frames
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits, Question
from endpoint.engine.wire_frames import Conversation, FrameKind
from endpoint.engine.worker_status import WorkerStatus
from endpoint.http.problems import Problem
from endpoint.syntax.query_checks import Reading

_LOOK_EVERY = 0.25
_PATIENCE = 2.0
"""Seconds to wait for a child that is free: twice what it takes for a spare to be started."""

_PAUSE = 0.01
_SECONDS_TO_REAP = 1.0
"""So long may a supervisor take to say how a child has ended."""

_GRACE = 2.0
"""Seconds beyond the deadline before a child that the kernel should have ended is given up."""


class QuestionFailed(Exception):
    """Base of all ways in which a question gets no whole answer."""


class Busy(QuestionFailed):
    """No child is free, or too many questions are under way."""


class QueryRefused(QuestionFailed):
    """The query was read and refused, with a reason for the client."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


class QueryStopped(QuestionFailed):
    """The child died of the question: by the deadline, or else by its memory or its depth."""

    def __init__(self, *, by_deadline: bool) -> None:
        super().__init__("deadline" if by_deadline else "memory")
        self.by_deadline = by_deadline


class QueryInterrupted(QuestionFailed):
    """The child was ended by something that is none of the question's doing: it may be asked again."""


class QueryAbandoned(QuestionFailed):
    """The client went away before the answer began."""


class Answer(Protocol):
    """An answer: what was read of its query, its first bytes, and the rest unless ``complete``.

    ``hints``, as JSON, say why it is empty. Close it in any case.
    """

    reading: Reading
    hints: str
    first: bytes
    complete: bool

    def rest(self) -> Iterator[bytes]:
        """Yield what follows the first bytes; raise QuestionFailed where it does not come to its end."""

    def close(self) -> None:
        """Let go of what still computes."""


class QueryBackend(Protocol):
    """A backend that answers queries: the query children of this machine, or a remote store."""

    @property
    def limits(self) -> QueryLimits:
        """Return what one question may spend."""

    @property
    def is_remote(self) -> bool:
        """Return whether it is another engine that answers, whose functions are not known here."""

    def ask(self, question: Question, is_abandoned: Callable[[], bool]) -> Answer:
        """Return an answer whose beginning is there; raise QuestionFailed if none began.

        ``is_abandoned`` is called now and then to see whether the client is still connected.
        """

    def version(self, release: str, base: str) -> str:
        """Return the name of the data that is queried, another one when its answers may differ.

        ``release`` is the one that this server serves, ``base`` that of its IRIs.
        """


class Children:
    """The query children that accept from a queue; ``status`` is where their supervisor notes how they end."""

    is_remote = False

    def __init__(
        self, queue: ConnectionQueue, limits: QueryLimits, status: WorkerStatus | None = None
    ) -> None:
        self.limits = limits
        self._queue = queue
        self._status = status

    def ask(self, question: Question, is_abandoned: Callable[[], bool]) -> "ChildAnswer":
        """Return an answer whose beginning is there; raise QuestionFailed if none began."""
        pending = _PendingQuery(question, is_abandoned, self._status)
        try:
            pending.start(self._queue)
            return ChildAnswer(pending)
        except BaseException:
            pending.close()
            raise

    def read(self, question: Question, is_abandoned: Callable[[], bool]) -> Reading:
        """Return what a query says, without asking a store; raise QueryRefused for one that must not be asked."""
        with self.ask(replace(question, task="read"), is_abandoned) as answer:
            return answer.reading

    def hints(self, question: Question, columns: tuple[str, ...], is_abandoned: Callable[[], bool]) -> str:
        """Return hints, as JSON, on a query that found nothing, or no value for some columns, in another store."""
        try:
            with self.ask(replace(question, task="hint", message=" ".join(columns)), is_abandoned) as answer:
                return answer.hints
        except QuestionFailed:
            return ""

    def explain(self, question: Question, message: str, is_abandoned: Callable[[], bool]) -> QuestionFailed:
        """Return the failure of a query that another store cannot read."""
        try:
            self.ask(replace(question, task="explain", message=message), is_abandoned).close()
        except QuestionFailed as failure:
            return failure
        return QueryRefused(Problem("query-not-understood", message))

    def version(self, release: str, base: str) -> str:
        """Return the name of the release that the children query."""
        return release


class ChildAnswer:
    """The answer of a query child."""

    def __init__(self, pending: "_PendingQuery") -> None:
        self._pending = pending
        _, content = pending.next()
        self.reading = Reading.from_bytes(content)
        kind, content = pending.next()
        self.first = b""
        if kind == FrameKind.BODY:
            self.first = content
            # A small answer is whole after one frame: its length is known, nothing needs to be streamed.
            if len(content) < wire_frames.BODY_LIMIT:
                kind, content = pending.next()
        self.complete = kind == FrameKind.END
        self.hints = content.decode() if self.complete else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()

    def rest(self) -> Iterator[bytes]:
        """Yield what follows the first bytes; raise QuestionFailed where it does not come to its end."""
        while not self.complete:
            kind, content = self._pending.next()
            self.complete = kind == FrameKind.END
            if not self.complete:
                yield content

    def close(self) -> None:
        """Let the child go; one that still computes is ended by this."""
        self._pending.close()


class _PendingQuery:
    """One question under way."""

    def __init__(
        self, question: Question, is_abandoned: Callable[[], bool], status: WorkerStatus | None
    ) -> None:
        self._question = question
        self._is_abandoned = is_abandoned
        self._status = status
        self._frames: Conversation | None = None
        self._started = 0.0
        self._worker = (0, 0)
        self._look_for_answer = partial(self._check_waiting, 0.0)

    def start(self, queue: ConnectionQueue) -> None:
        """Ask, and wait until a child has begun; raise Busy if none does."""
        until = time.monotonic() + _PATIENCE
        while not self._is_accepted(queue, until):
            # The child that had accepted died before it began; another one may take the question.
            self.close()
        self._started = time.monotonic()
        self._look_for_answer = partial(self._check_waiting, self._started + self._question.seconds + _GRACE)

    def _is_accepted(self, queue: ConnectionQueue, until: float) -> bool:
        """Return whether a child has begun with the question; raise Busy when the time is over."""
        try:
            self._frames = Conversation(queue.connect())
        except OSError as error:
            raise Busy from error
        try:
            self._frames.set_timeout(_PATIENCE)
            self._frames.send(FrameKind.QUESTION, self._question.to_bytes())
            self._frames.set_timeout(_LOOK_EVERY)
            _, worker = self._frames.receive(partial(self._check_waiting, until))
            self._worker = wire_frames.WORKER.unpack(worker)
        except TimeoutError as error:
            raise Busy from error
        except (OSError, wire_frames.BrokenConversation) as error:
            if time.monotonic() > until:
                raise Busy from error
            time.sleep(_PAUSE)
            return False
        return True

    def next(self) -> tuple[bytes, bytes]:
        """Return the next frame, of kind READING, BODY or END; raise QueryRefused for the other one."""
        assert self._frames is not None
        try:
            kind, content = self._frames.receive(self._look_for_answer)
        except (OSError, wire_frames.BrokenConversation) as error:
            raise self._failure() from error
        if kind == FrameKind.REFUSED:
            raise QueryRefused(Problem.from_bytes(content))
        return kind, content

    def _failure(self) -> QuestionFailed:
        """Return why the child has ended: only its supervisor knows, and it may have been killed itself."""
        # The timer began in the child a moment before the clock here did.
        elapsed = time.monotonic() - self._started
        if elapsed >= self._question.seconds * 0.99:
            return QueryStopped(by_deadline=True)
        until = time.monotonic() + _SECONDS_TO_REAP
        while self._status is not None and time.monotonic() < until:
            ending = self._status.ending(*self._worker)
            if ending is not None:
                is_limit = ending in ("deadline", "memory")
                return QueryStopped(by_deadline=ending == "deadline") if is_limit else QueryInterrupted()
            time.sleep(_PAUSE)
        return QueryInterrupted()

    def close(self) -> None:
        """End the conversation."""
        if self._frames is not None:
            self._frames.close()

    def _check_waiting(self, until: float) -> None:
        """Raise QueryAbandoned where the client has gone, TimeoutError where the time is over."""
        if self._is_abandoned():
            raise QueryAbandoned
        if time.monotonic() > until:
            raise TimeoutError
