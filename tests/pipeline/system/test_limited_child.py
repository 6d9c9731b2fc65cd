import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import limited_work
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import below, eventually

from pipeline.model.errors import SourceError
from pipeline.system.limited_child import ChildLimits, run_limited
from pipeline.system.limits import MIB

LINUX = sys.platform == "linux"


@pytest.fixture(autouse=True, params=["one thread", "several threads"])
def threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have children forked by this process, or by the fork server since this process has several threads."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    if request.param == "several threads":
        thread.start()
    yield
    end.set()
    if thread.ident:
        thread.join()


def run(
    work: Callable[[str], Iterable[Any]], argument: str = "", limits: ChildLimits | None = None
) -> list[Any]:
    return list(run_limited(work, (argument,), limits or ChildLimits(), "x.csv"))


def refusal(
    work: Callable[[str], Iterable[Any]], argument: str = "", limits: ChildLimits | None = None
) -> str:
    with pytest.raises(SourceError) as refused:
        run(work, argument, limits)
    return str(refused.value)


def test_what_the_work_yields_comes_back_in_order() -> None:
    assert run(limited_work.count, "5000") == list(range(5000))


@settings(max_examples=5)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
def test_any_text_passes_both_ways(text: str) -> None:
    assert run(limited_work.echo, text.replace("\0", "")) == [text.replace("\0", "")]


def test_a_refusal_in_the_child_is_raised_here_after_what_came_before_it() -> None:
    items = run_limited(limited_work.refuse, ("",), ChildLimits(), "x.csv")
    assert next(items) == "one"
    with pytest.raises(SourceError, match=r"^x\.csv, row 3: nothing to be done\. Mend it\.$"):
        next(items)


def test_what_needs_too_much_memory_is_told_so() -> None:
    limits = ChildLimits(memory=64 * MIB)
    assert refusal(limited_work.fill_memory, "400", limits) == (
        "x.csv cannot be read: that needs more than 64 MB of memory. Split it."
    )
    assert run(limited_work.fill_memory, "20", limits) == [20]


def test_what_computes_too_long_is_told_so() -> None:
    said = refusal(limited_work.compute, "", ChildLimits(seconds=1))
    assert (
        said
        == "x.csv cannot be read: reading it takes more than 1 seconds of computing. Split or simplify it."
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGSEGV, "it is nested too deep for its parser"),
        (signal.SIGABRT, "its parser needs more than 512 MB of memory, or it is nested too deep"),
        (signal.SIGKILL, "its parser needs more than 512 MB of memory, or it is nested too deep"),
    ],
)
def test_a_crash_is_an_error_in_words(number: signal.Signals, said: str) -> None:
    assert refusal(limited_work.die_of, str(int(number))).startswith(f"x.csv cannot be read: {said}.")


def test_an_end_without_a_word_is_no_end() -> None:
    assert "ended without a word (code 7)" in refusal(limited_work.leave)


def test_endless_recursion_is_told_as_nesting() -> None:
    assert refusal(limited_work.recurse) == "x.csv cannot be read: it is nested too deep. Make it flatter."


def test_whatever_a_parser_raises_is_about_the_file() -> None:
    said = refusal(limited_work.fail)
    assert said.startswith("x.csv is damaged, or not what its name says (KeyError: 'xl/workbook.xml').")


@pytest.mark.skipif(not LINUX, reason="the kernel's filter is Linux's")
def test_a_child_opens_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        assert run(limited_work.connect, str(port)) == ["socket: PermissionError"]
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.skipif(not LINUX, reason="the kernel's filter is Linux's")
def test_a_child_starts_no_program() -> None:
    assert run(limited_work.start_program) == ["program: PermissionError"]


def test_a_child_imports_nothing_from_the_folder_it_is_started_in() -> None:
    assert "" not in run(limited_work.tell_path)


def test_a_reader_that_stops_early_leaves_no_child() -> None:
    before = set(below(os.getpid()))
    items: Iterator[Any] = run_limited(limited_work.count, ("1000000000",), ChildLimits(), "x.csv")
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert eventually(lambda: set(below(os.getpid())) <= before)


def test_limits_grow_with_the_size_of_the_file() -> None:
    assert ChildLimits.for_bytes(0) == ChildLimits()
    assert ChildLimits.for_bytes(100 * MIB).memory > ChildLimits().memory
    assert ChildLimits.for_bytes(100 * MIB).seconds > ChildLimits().seconds


@pytest.mark.parametrize(
    ("work", "harmless", "harmful", "said"),
    [
        (limited_work.parse_triple_terms, "1", "100000", "it is nested too deep for its parser"),
        (limited_work.parse_json_ld, "5", "10000", "or it is nested too deep"),
        (limited_work.parse_entities, "1", "9", "its parser needs more than 512 MB of memory"),
    ],
)
def test_what_would_crash_a_parser_crashes_a_child_only(
    work: Callable[[str], Iterable[int]], harmless: str, harmful: str, said: str
) -> None:
    assert len(run(work, harmless)) == 1
    assert said in refusal(work, harmful)
