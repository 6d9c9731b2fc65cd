"""Processes: starting, stopping and reporting them, with signals at any moment."""

import subprocess
import sys

import pytest

FORK_AND_END = """
import signal, time
from pipeline.system.processes import Signals, spawn
ends = set()
with Signals(signal.SIGTERM) as signals:
    for _ in range(200):
        child = spawn("sleeper", lambda: time.sleep(20))
        child.signal(signal.SIGTERM)
        ends.add(child.wait())
        assert not signals.wait(0), "the parent was told to stop"
print(sorted(ends))
"""
GROUP = """
import os, signal, subprocess, time
from pipeline.system.processes import reap, spawn
reader, writer = os.pipe()
def start_another():
    subprocess.Popen(["sleep", "60"], pass_fds=(writer,))
child = spawn("leader", start_another, own_session=True)
os.close(writer)
while child.code is None:
    reap()
# The end of the pipe comes only when what the child has left behind has ended too.
print(child.code, os.read(reader, 1))
child.signal(signal.SIGKILL)
"""
ENDINGS = """
import os, signal
from pipeline.system.processes import reap, spawn
reap()
for end in (lambda: None, lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGALRM)):
    child = spawn("child", end)
    print(child.wait(0) if child.wait(20) is None else child.code, child.ending())
    child.signal(signal.SIGKILL)
"""
FILTERED = """
import ctypes, errno, os, struct, sys
from pipeline.system import confinement
from pipeline.system.processes import CannotStart, spawn
numbers = {"x86_64": (56, 57, 58, 435), "aarch64": (220, 435)}[os.uname().machine]
refuse = 0x00050000 | errno.ENOMEM
confinement._REFUSE = refuse
program = confinement._filter(confinement._ARCHITECTURES[os.uname().machine], numbers)
buffer = ctypes.create_string_buffer(program, len(program))
confinement.prctl(38, 1)
rules = confinement._Program(len(program) // 8, ctypes.addressof(buffer))
confinement.prctl(22, 2, ctypes.addressof(rules))
try:
    spawn("child", lambda: None)
except CannotStart as error:
    print(error)
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout


def test_a_signal_right_after_the_fork_ends_the_child_and_only_it() -> None:
    assert run(FORK_AND_END) == "[-15]\n"


def test_a_session_ends_with_its_leader_and_gets_no_signal_later() -> None:
    assert run(GROUP) == "0 b''\n"


def test_endings_are_said_in_words_and_to_have_no_child_is_no_error() -> None:
    assert run(ENDINGS).splitlines() == [
        "0 ended with status 0",
        "3 ended with status 3",
        "-14 was ended by SIGALRM",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_a_fork_for_which_there_is_no_memory_is_a_sentence() -> None:
    assert run(FILTERED) == (
        "No process can be started (Cannot allocate memory). Allow more processes or free some memory.\n"
    )
