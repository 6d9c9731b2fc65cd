"""The query service of a web process: an answer comes from the cache, from a computation under way, or is new."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from endpoint.engine.client import (
    Answer,
    Busy,
    QueryAbandoned,
    QueryBackend,
    QueryRefused,
    QueryStopped,
    QuestionFailed,
)
from endpoint.engine.question import QueryLimits, Question
from endpoint.http.cache import AnswerCache, CachedBody, PendingAnswer

MOST_GATHERED = 4 * 1024 * 1024
"""Bytes of an answer that are waited for before its first one is sent: it has its length, can be kept, and
where it breaks off there is still time for a status that says so."""

_LOOK_EVERY = 0.25

IsAbandoned = Callable[[], bool]


class Admission:
    """The number of requests of one web process that may have a query under way at a time."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def enter(self) -> None:
        """Take a slot; raise Busy at once if none is free, since waiting would block the thread of a page."""
        if not self._free.acquire(blocking=False):
            raise Busy

    def leave(self) -> None:
        """Give the slot back."""
        self._free.release()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Take a slot for a while; raise Busy if none is free."""
        self.enter()
        try:
            yield
        finally:
            self.leave()


class Stream:
    """An answer too large to be gathered: the parts received, and those still to come. Close it after use."""

    hints = ""

    def __init__(
        self,
        begun: list[bytes],
        rest: Iterator[bytes],
        close: Callable[[], None],
        own_names: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.own_names = own_names
        self._begun = begun
        self._rest = rest
        self._close: Callable[[], None] | None = close

    def parts(self) -> Iterator[bytes]:
        """Yield all of the answer; raise QuestionFailed where it does not come to its end."""
        begun, self._begun = self._begun, []
        yield from begun
        yield from self._rest

    def close(self) -> None:
        """Stop what still computes, and give its slot back."""
        if self._close is not None:
            close, self._close = self._close, None
            close()


@dataclass(frozen=True, slots=True)
class ServedAnswer:
    """An answer, whole or as a stream; ``how`` is hit, shared or miss, or off where it differs each time."""

    content: CachedBody | Stream
    how: str


@dataclass(frozen=True, slots=True)
class SharedResult:
    """What those who waited get: an answer, or a failure that they would meet too."""

    body: CachedBody | None = None
    failure: QuestionFailed | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class QueryService:
    """All questions of one web process."""

    backend: QueryBackend
    admission: Admission
    cache: AnswerCache[SharedResult] = field(default_factory=lambda: AnswerCache(0))

    @property
    def limits(self) -> QueryLimits:
        """Return what one question may spend."""
        return self.backend.limits

    def ask(self, question: Question, key: str, is_abandoned: IsAbandoned) -> ServedAnswer:
        """Return the answer to a question; raise QuestionFailed where there is none.

        An answer that differs each time is neither stored nor shared.
        """
        while True:
            cached = self.cache.get(key)
            if cached is not None:
                return ServedAnswer(cached, "hit")
            pending, leads = self.cache.join(key)
            if leads:
                return self._lead(key, question, is_abandoned)
            shared = self._wait(pending, question, is_abandoned)
            if shared is None:
                continue
            if shared.body is not None:
                return ServedAnswer(shared.body, "shared")
            if shared.failure is not None and shared.seconds >= question.seconds:
                raise shared.failure
            return self._ask_backend(question, is_abandoned)

    def _lead(self, key: str, question: Question, is_abandoned: IsAbandoned) -> ServedAnswer:
        """Ask on behalf of all who ask the same; where this client goes away another one of them leads."""
        shared: SharedResult | None = None
        try:
            # Another computation may have finished since the cache was looked at.
            cached = self.cache.get(key)
            if cached is not None:
                shared = SharedResult(body=cached)
                return ServedAnswer(cached, "hit")
            fresh = self._ask_backend(question, is_abandoned)
            shared = SharedResult()
            if isinstance(fresh.content, CachedBody) and fresh.how == "miss":
                shared = SharedResult(body=fresh.content)
                self.cache.put(key, fresh.content)
            return fresh
        except (QueryRefused, QueryStopped) as failure:
            shared = SharedResult(failure=failure, seconds=question.seconds)
            raise
        finally:
            self.cache.finish(key, shared)

    def _wait(
        self, pending: PendingAnswer[SharedResult], question: Question, is_abandoned: IsAbandoned
    ) -> SharedResult | None:
        with self.admission.slot():
            until = time.monotonic() + question.seconds
            while not pending.is_done.wait(_LOOK_EVERY):
                if is_abandoned():
                    raise QueryAbandoned
                if time.monotonic() > until:
                    raise QueryStopped(by_deadline=True)
            return pending.result

    def _ask_backend(self, question: Question, is_abandoned: IsAbandoned) -> ServedAnswer:
        self.admission.enter()
        try:
            answer = self.backend.ask(question, is_abandoned)
        except BaseException:
            self.admission.leave()
            raise

        def close() -> None:
            answer.close()
            self.admission.leave()

        try:
            content = _gather(answer, close)
        except BaseException:
            close()
            raise
        if isinstance(content, CachedBody):
            close()
        return ServedAnswer(content, "off" if answer.reading.changes else "miss")


def _gather(answer: Answer, close: Callable[[], None]) -> CachedBody | Stream:
    parts, size = [answer.first], len(answer.first)
    rest = answer.rest()
    for part in rest:
        parts.append(part)
        size += len(part)
        if size > MOST_GATHERED:
            return Stream(parts, rest, close, answer.reading.own_names)
    return CachedBody(b"".join(parts), own_names=answer.reading.own_names, hints=answer.hints)
