"""The store: a backend like the query children, so that the same checks, caps and cache come before it."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from endpoint.engine.client import Busy, Children, QueryAbandoned, QueryStopped, QuestionFailed
from endpoint.engine.question import QueryLimits, Question
from endpoint.engine.remote.fetch import Fetch
from endpoint.engine.remote.states import States
from endpoint.hints.empty_answers import empty_columns, is_empty
from pipeline.exchange.access import Access
from pipeline.exchange.endpoint import Endpoint

_LOOK_EVERY = 0.25
_GRACE = 2.0


class RemoteStore:
    """A backend that passes queries on to another store; ``reader`` reads and checks each query before.

    A query that is stopped here may continue there: its place among the ``limits.most`` that may be under way is free
    again when the store has answered, or at the deadline.
    """

    is_remote = True

    def __init__(self, access: Access, limits: QueryLimits, reader: Children) -> None:
        self.limits = limits
        self._reader = reader
        self._endpoint = Endpoint(access)
        self._places = threading.BoundedSemaphore(limits.most)
        self._states = States(self._endpoint)

    def ask(self, question: Question, is_abandoned: Callable[[], bool]) -> "RemoteAnswer":
        """Return an answer whose beginning is there; raise QuestionFailed if none began."""
        reading = self._reader.read(question, is_abandoned)
        if reading.names_dataset:
            question = replace(question, union=False)
        if not self._places.acquire(blocking=False):
            raise Busy
        explain = partial(self._reader.explain, question)
        fetch = Fetch(self._states, self._endpoint, question, reading, explain, self._places.release)
        fetch.start()
        try:
            answer = RemoteAnswer(fetch, is_abandoned)
            columns = empty_columns(answer.first, question.format)
            if (columns or is_empty(answer.first, question.format)) and answer.is_whole():
                answer.hints = self._reader.hints(question, columns, is_abandoned)
            return answer
        except BaseException:
            fetch.give_up()
            raise

    def version(self, release: str, base: str) -> str:
        """Return the name of the queried data: another one when another release is in the store."""
        return f"{release} {self._states.name(base, self.limits.seconds)}"


class RemoteAnswer:
    """The answer of a remote store."""

    def __init__(self, fetch: Fetch, is_abandoned: Callable[[], bool]) -> None:
        self.reading = fetch.reading
        self._fetch = fetch
        self._is_abandoned = is_abandoned
        self.first = b""
        self.hints = ""
        self.complete = False
        self._ahead: bytes | None = b""
        self.first = next(self.rest(), b"")

    def is_whole(self) -> bool:
        """Return whether nothing follows the first bytes."""
        if not self.complete and not self._ahead:
            self._ahead = self._next()
            self.complete = self._ahead is None
        return self.complete

    def rest(self) -> Iterator[bytes]:
        """Yield what follows the first bytes; raise QuestionFailed where it does not come to its end."""
        while not self.complete:
            part, self._ahead = self._ahead or self._next(), b""
            if part is None:
                self.complete = True
            else:
                yield part

    def _next(self) -> bytes | None:
        while True:
            try:
                part = self._fetch.parts.get(timeout=_LOOK_EVERY)
            except queue.Empty:
                if self._is_abandoned():
                    raise QueryAbandoned from None
                if time.monotonic() > self._fetch.until + _GRACE:
                    raise QueryStopped(by_deadline=True) from None
                continue
            if isinstance(part, QuestionFailed):
                raise part
            return part

    def close(self) -> None:
        """Want no more of it."""
        self._fetch.give_up()
