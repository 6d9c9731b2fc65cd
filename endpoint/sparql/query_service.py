"""Asking: from a question to its answer, kept from before, shared with others who ask it, or fresh."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from endpoint.engine.client import Abandoned, Answer, Asker, Busy, QuestionFailed, Refused, Stopped
from endpoint.engine.question import Limits, Question
from endpoint.http.cache import AnswerCache, CachedBody, PendingAnswer

MOST_GATHERED = 4 * 1024 * 1024
"""Bytes of an answer that are waited for before its first one is sent: it has its length, can be kept, and
where it breaks off there is still time for a status that says so."""

_LOOK_EVERY = 0.25

IsAbandoned = Callable[[], bool]


class Places:
    """How many requests of one web process may be at questions at a time."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def take(self) -> None:
        """Take a place; raise Busy at once where none is free: to wait would hold the thread of a page."""
        if not self._free.acquire(blocking=False):
            raise Busy

    def give_back(self) -> None:
        """Give a place back."""
        self._free.release()


class Stream:
    """An answer too large to be gathered: what has come of it, and what is still to come. Close it."""

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
        """Let go of what still computes, and of the place that it has."""
        if self._close is not None:
            close, self._close = self._close, None
            close()


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, whole or as a stream; ``how`` is hit, shared or miss, or off where it differs each time."""

    content: CachedBody | Stream
    how: str


@dataclass(frozen=True, slots=True)
class SharedResult:
    """What a pending has for those who waited: an answer, or a failure that they would meet too."""

    kept: CachedBody | None = None
    failure: QuestionFailed | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Asking:
    """All questions of one web process."""

    asker: Asker
    places: Places
    cache: AnswerCache[SharedResult] = field(default_factory=lambda: AnswerCache(0))

    @property
    def limits(self) -> Limits:
        """Return what one question may spend."""
        return self.asker.limits

    def ask(self, question: Question, key: str, is_abandoned: IsAbandoned) -> Found:
        """Return the answer to a question; raise QuestionFailed where there is none.

        An answer that differs each time is neither kept nor shared.
        """
        while True:
            kept = self.cache.get(key)
            if kept is not None:
                return Found(kept, "hit")
            pending, leads = self.cache.join(key)
            if leads:
                return self._lead(key, question, is_abandoned)
            shared = self._wait(pending, question, is_abandoned)
            if shared is None:
                continue
            if shared.kept is not None:
                return Found(shared.kept, "shared")
            if shared.failure is not None and shared.seconds >= question.seconds:
                raise shared.failure
            return self._fresh(question, is_abandoned)

    def _lead(self, key: str, question: Question, is_abandoned: IsAbandoned) -> Found:
        """Ask on behalf of all who ask the same; where this client goes away another one of them leads."""
        shared: SharedResult | None = None
        try:
            # The pending before this one may have shared since the cache was looked at.
            kept = self.cache.get(key)
            if kept is not None:
                shared = SharedResult(kept=kept)
                return Found(kept, "hit")
            fresh = self._fresh(question, is_abandoned)
            shared = SharedResult()
            if isinstance(fresh.content, CachedBody) and fresh.how == "miss":
                shared = SharedResult(kept=fresh.content)
                self.cache.put(key, fresh.content)
            return fresh
        except (Refused, Stopped) as failure:
            shared = SharedResult(failure=failure, seconds=question.seconds)
            raise
        finally:
            self.cache.finish(key, shared)

    def _wait(
        self, pending: PendingAnswer[SharedResult], question: Question, is_abandoned: IsAbandoned
    ) -> SharedResult | None:
        self.places.take()
        try:
            until = time.monotonic() + question.seconds
            while not pending.is_done.wait(_LOOK_EVERY):
                if is_abandoned():
                    raise Abandoned
                if time.monotonic() > until:
                    raise Stopped(by_deadline=True)
            return pending.result
        finally:
            self.places.give_back()

    def _fresh(self, question: Question, is_abandoned: IsAbandoned) -> Found:
        self.places.take()
        try:
            answer = self.asker.ask(question, is_abandoned)
        except BaseException:
            self.places.give_back()
            raise

        def close() -> None:
            answer.close()
            self.places.give_back()

        try:
            content = _gathered(answer, close)
        except BaseException:
            close()
            raise
        if isinstance(content, CachedBody):
            close()
        return Found(content, "off" if answer.reading.changes else "miss")


def _gathered(answer: Answer, close: Callable[[], None]) -> CachedBody | Stream:
    parts, size = [answer.first], len(answer.first)
    rest = answer.rest()
    for part in rest:
        parts.append(part)
        size += len(part)
        if size > MOST_GATHERED:
            return Stream(parts, rest, close, answer.reading.own_names)
    return CachedBody(b"".join(parts), own_names=answer.reading.own_names)
