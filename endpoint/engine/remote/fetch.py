"""Fetching: one question on its way to a remote store and back, in a thread of its own.

A connection that is read cannot be asked whether the client is still there; a thread that waits for another can.
"""

import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException

from endpoint.engine.client import Busy, QueryRefused, QueryStopped, QuestionFailed
from endpoint.engine.query_results import NotInThisFormat, is_graph_format, write_answer
from endpoint.engine.question import Question
from endpoint.engine.remote.bodies import BufferedOutput, ResponseReader, results, triples
from endpoint.engine.remote.states import States
from endpoint.http.problems import Problem
from endpoint.syntax.query_checks import Reading
from pipeline.exchange.access import RemoteFault, no_answer
from pipeline.exchange.endpoint import Endpoint
from pipeline.exchange.store_state import State
from pipeline.rdf.iris import Deployment
from pipeline.rdf.sparql_functions import is_about_a_call
from pipeline.release.inspection import graph_iris

_LOOK_EVERY = 0.25
_PATIENCE = 5.0
_PAUSE = 0.1
_TRIES = 3
_WAITING = 8
_LONGEST_REASON = 120
_UNAVAILABLE = "The store with the data cannot be reached; the operator has been told."
_FIRST_LINE = re.compile(r"(error at 1:)(\d+)")

_log = logging.getLogger(__name__)


class _FetchAbandoned(Exception):
    """Nobody waits for the answer any more."""


class _ReleaseChanged(Exception):
    """Another release was put in place while the store answered."""


class Fetch(threading.Thread):
    """One question on its way to the store and back, and its answer in ``parts``; None is the end."""

    def __init__(
        self,
        states: States,
        endpoint: Endpoint,
        question: Question,
        reading: Reading,
        explain: Callable[[str, Callable[[], bool]], QuestionFailed],
        at_end: Callable[[], None],
    ) -> None:
        super().__init__(daemon=True, name="remote question")
        self.parts: queue.Queue[bytes | QuestionFailed | None] = queue.Queue(_WAITING)
        self.until = time.monotonic() + question.seconds
        self.reading = reading
        self._explain = explain
        self._states = states
        self._endpoint = endpoint
        self._question = question
        self._at_end = at_end
        self._abandoned = threading.Event()
        assert question.base_iri is not None
        self._deployment = Deployment(question.base_iri.removesuffix("/sparql"))

    def give_up(self) -> None:
        """Stop as soon as the store returns something."""
        self._abandoned.set()

    def run(self) -> None:
        """Ask, and pass on what comes."""
        last: QuestionFailed | None = None
        try:
            self._ask_until_settled()
        except _FetchAbandoned:
            pass
        except QuestionFailed as failure:
            last = failure
        except RemoteFault as fault:
            last = self._failure(fault)
        except NotInThisFormat as reason:
            last = QueryRefused(Problem("format-not-available", f"{reason} Ask for another format."))
        except (SyntaxError, ValueError) as error:
            last = self._failure(RemoteFault(500, f"its answer cannot be read: {error}"))
        except (OSError, HTTPException) as error:
            last = self._failure(no_answer(error))
        finally:
            self._at_end()
        with suppress(_FetchAbandoned):
            self.put(last)

    def _ask_until_settled(self) -> None:
        for _ in range(_TRIES):
            before = self._settled_state()
            out = BufferedOutput(self.put, is_xml=self._question.format in ("xml", "rdf"))
            try:
                self._ask(out)
                if self._states.now(self._deployment, self._remaining()) != before:
                    raise _ReleaseChanged
            except _ReleaseChanged:
                if out.has_passed_on:
                    break
                continue
            out.finish()
            return
        raise Busy

    def _settled_state(self) -> State:
        """Return the state of the store before a query; wait a little while another release is put in place."""
        patience = time.monotonic() + min(_PATIENCE, self._remaining() / 2)
        while True:
            state = self._states.before(self._deployment, self._remaining())
            if not state.coming:
                return state
            if time.monotonic() > patience:
                raise Busy
            self._abandoned.wait(_PAUSE)
            self._stop_if_abandoned()

    def _ask(self, out: BufferedOutput) -> None:
        question = self._question
        graphs = tuple(graph_iris(self._deployment).values()) if question.union else ()
        is_graph = is_graph_format(question.format)
        with self._endpoint.ask(
            f"BASE <{question.base_iri}> {question.query}",
            "nt" if is_graph else "json",
            seconds=self._remaining(),
            default_graphs=graphs or question.default_graphs or (),
            named_graphs=(question.named_graphs or ()) if question.named_graphs is not None else graphs,
        ) as response:
            source = ResponseReader(response, self._check_waiting)
            write_answer(triples(source) if is_graph else results(source), question, self.reading, out)

    def _check_waiting(self) -> None:
        """Stop where nobody waits or the time is over."""
        self._stop_if_abandoned()
        if time.monotonic() > self.until:
            raise QueryStopped(by_deadline=True)

    def _stop_if_abandoned(self) -> None:
        if self._abandoned.is_set():
            raise _FetchAbandoned

    def _remaining(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise QueryStopped(by_deadline=True)
        return left

    def put(self, part: bytes | QuestionFailed | None) -> None:
        """Pass a part on, or the end; wait while nobody takes it."""
        while True:
            self._stop_if_abandoned()
            try:
                self.parts.put(part, timeout=_LOOK_EVERY)
            except queue.Full:
                continue
            return

    def _failure(self, fault: RemoteFault) -> QuestionFailed:
        """Return what a fault of the store is to the client."""
        if fault.timed_out or time.monotonic() > self.until:
            return QueryStopped(by_deadline=True)
        if fault.status in (429, 503):
            return Busy()
        if fault.status in (0, 401, 403, 404, 405):
            _log.error("The store %s does not answer (HTTP %d): %s", self._endpoint.url, fault.status, fault)
            return QueryRefused(Problem("store-unavailable", _UNAVAILABLE))
        if fault.status == 400 or is_about_a_call(str(fault)):
            return self._explain(self._without_base(str(fault)), self._abandoned.is_set)
        return QueryRefused(Problem("query-failed", f"The engine gave up: {str(fault)[:_LONGEST_REASON]}"))

    def _without_base(self, message: str) -> str:
        """Return an error message with its place in the query as it was sent to us."""
        added = len(f"BASE <{self._question.base_iri}> ")
        return _FIRST_LINE.sub(lambda place: f"{place[1]}{max(int(place[2]) - added, 1)}", message)
