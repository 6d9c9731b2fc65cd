"""Processes: how they are started, ended and told of, whatever signals come when."""

import subprocess
import sys

FORK_AND_END = """
import os, signal, time
from endpoint.engine import processes
ends = set()
with processes.Signals(signal.SIGTERM) as signals:
    for _ in range(200):
        pid = processes.fork("sleeper", lambda: time.sleep(20), when_parent_dies=signal.SIGKILL)
        os.kill(pid, signal.SIGTERM)
        ends.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        assert not signals.wait(0), "the parent was told to stop"
print(sorted(ends))
"""


def test_a_signal_right_after_the_fork_ends_the_child_and_only_it() -> None:
    done = subprocess.run([sys.executable, "-c", FORK_AND_END], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("[-15]\n", "")
