import threading
import time
from collections.abc import Callable, Iterator

import pytest

from endpoint.engine.client import Busy, QueryAbandoned, QueryRefused, QueryStopped, QuestionFailed
from endpoint.engine.question import QueryLimits, Question
from endpoint.http.cache import AnswerCache, CachedBody
from endpoint.http.problems import Problem
from endpoint.sparql.query_service import MOST_GATHERED, Admission, QueryService, Stream
from endpoint.syntax.query_checks import Reading

QUESTION = Question("ASK {}", "json", "/nowhere", 5)


class Engine:
    """Answers with the bytes that it is given, after they are set free; it counts how often it was asked."""

    limits = QueryLimits(seconds=5)

    def __init__(self, *parts: bytes, failure: QuestionFailed | None = None, free: bool = True) -> None:
        self.parts, self.failure = parts, failure
        self.free = threading.Event()
        if free:
            self.free.set()
        self.asked = 0
        self.closed = 0

    def ask(self, question: Question, is_abandoned: Callable[[], bool]) -> "Engine":
        self.asked += 1
        while not self.free.wait(0.01):
            if is_abandoned():
                raise QueryAbandoned
        if self.failure is not None and not self.parts:
            raise self.failure
        return self

    reading = Reading("ASK")
    hints = ""
    is_remote = False
    first = b""
    complete = False

    def rest(self) -> Iterator[bytes]:
        yield from self.parts
        if self.failure is not None:
            raise self.failure

    def close(self) -> None:
        self.closed += 1


def asking(engine: Engine, *, places: int = 8, kept: int = 1_000_000) -> QueryService:
    return QueryService(engine, Admission(places), AnswerCache(kept))


def never() -> bool:
    return False


class Clients:
    """Some clients that ask at the same time."""

    def __init__(self, count: int, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._got: list[object] = []
        self._about_to_ask = threading.Barrier(count + 1)
        self._threads = [threading.Thread(target=self._run) for _ in range(count)]
        for thread in self._threads:
            thread.start()
        self._about_to_ask.wait()
        time.sleep(0.2)

    def _run(self) -> None:
        self._about_to_ask.wait()
        try:
            self._got.append(self._ask())
        except QuestionFailed as failure:
            self._got.append(failure)

    def got(self) -> list[object]:
        for thread in self._threads:
            thread.join()
        return self._got


def test_an_answer_is_asked_for_once_and_kept() -> None:
    engine = Engine(b"ab", b"c")
    ours = asking(engine)

    found = [ours.ask(QUESTION, "key", never) for _ in range(3)]

    assert [(answer.content, answer.how) for answer in found] == [
        (CachedBody(b"abc"), "miss"),
        (CachedBody(b"abc"), "hit"),
        (CachedBody(b"abc"), "hit"),
    ]
    assert (engine.asked, engine.closed) == (1, 1)


def test_an_answer_that_changes_is_asked_for_each_time() -> None:
    engine = Engine(b"a")
    engine.reading = Reading("ASK", changes=True)
    ours = asking(engine)

    assert [ours.ask(QUESTION, "key", never).how for _ in range(2)] == ["off", "off"]
    assert engine.asked == 2


def test_those_who_ask_the_same_at_a_time_share_one_answer() -> None:
    engine = Engine(b"a", free=False)
    ours = asking(engine)
    found = Clients(5, lambda: ours.ask(QUESTION, "key", never).how)
    engine.free.set()

    assert sorted(map(str, found.got())) == ["miss", "shared", "shared", "shared", "shared"]
    assert engine.asked == 1


def test_those_who_wait_for_a_question_that_fails_fail_with_it() -> None:
    engine = Engine(failure=QueryRefused(Problem("query-not-understood", "no")), free=False)
    ours = asking(engine)
    found = Clients(3, lambda: ours.ask(QUESTION, "key", never))
    engine.free.set()

    assert [type(failure) for failure in found.got()] == [QueryRefused] * 3
    assert engine.asked == 1


def test_a_failure_is_not_kept() -> None:
    engine = Engine(failure=QueryStopped(by_deadline=True))
    ours = asking(engine)
    for _ in range(2):
        with pytest.raises(QueryStopped):
            ours.ask(QUESTION, "key", never)

    assert engine.asked == 2


def test_where_the_first_goes_away_another_one_asks() -> None:
    engine = Engine(b"a", free=False)
    ours = asking(engine)
    gone = threading.Event()
    first = Clients(1, lambda: ours.ask(QUESTION, "key", gone.is_set))
    others = Clients(2, lambda: ours.ask(QUESTION, "key", never).how)
    gone.set()
    assert [type(failure) for failure in first.got()] == [QueryAbandoned]
    engine.free.set()

    assert len(others.got()) == 2
    assert engine.asked == 2


def test_one_who_waits_for_another_goes_when_its_client_does() -> None:
    engine = Engine(b"a", free=False)
    ours = asking(engine)
    first = Clients(1, lambda: ours.ask(QUESTION, "key", never).how)

    with pytest.raises(QueryAbandoned):
        ours.ask(QUESTION, "key", lambda: True)

    engine.free.set()
    assert first.got() == ["miss"]


def test_one_who_waits_for_another_waits_no_longer_than_its_own_time() -> None:
    engine = Engine(b"a", free=False)
    ours = asking(engine)
    first = Clients(1, lambda: ours.ask(QUESTION, "key", never).how)

    with pytest.raises(QueryStopped):
        ours.ask(Question("ASK {}", "json", "/nowhere", 0.1), "key", never)

    engine.free.set()
    first.got()


def test_a_short_time_that_ran_out_is_no_failure_of_one_who_has_more() -> None:
    engine = Engine(failure=QueryStopped(by_deadline=True), free=False)
    ours = asking(engine)
    short = Question("ASK {}", "json", "/nowhere", 1)
    first = Clients(1, lambda: ours.ask(short, "key", never))
    second = Clients(1, lambda: ours.ask(QUESTION, "key", never))
    engine.free.set()
    first.got()
    second.got()

    assert engine.asked == 2


def test_all_who_ask_take_a_place_and_more_are_refused_at_once() -> None:
    engine = Engine(b"a", free=False)
    ours = asking(engine, places=2)
    found = Clients(2, lambda: ours.ask(QUESTION, "key", never).how)
    for key in ("key", "other"):
        with pytest.raises(Busy):
            ours.ask(QUESTION, key, never)
    engine.free.set()
    found.got()

    assert ours.ask(QUESTION, "other", never).how == "miss"


def test_a_large_answer_is_a_stream_that_holds_its_place_until_it_is_closed() -> None:
    engine = Engine(b"x" * MOST_GATHERED, b"y", b"z")
    ours = asking(engine, places=1)

    stream = ours.ask(QUESTION, "key", never).content

    assert isinstance(stream, Stream)
    with pytest.raises(Busy):
        ours.ask(QUESTION, "key", never)
    assert b"".join(stream.parts()) == b"x" * MOST_GATHERED + b"yz"
    stream.close()
    stream.close()
    assert engine.closed == 1
    assert isinstance(ours.ask(QUESTION, "key", never).content, Stream)


def test_an_answer_that_breaks_off_while_it_is_gathered_is_a_failure() -> None:
    engine = Engine(b"a", failure=QueryStopped(by_deadline=False))
    ours = asking(engine, places=1)
    for _ in range(2):
        with pytest.raises(QueryStopped):
            ours.ask(QUESTION, "key", never)

    assert engine.closed == 2
