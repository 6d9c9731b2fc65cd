"""Commands that a signal ends leave no temporary files, and say by their status which signal it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from running import eventually

BEGINNING = b"title,country,date\nA welcome house for newcomers,Norway,2014\n"


def validating(folder: Path, prologue: str) -> subprocess.Popen[bytes]:
    """Start a check of standard input, with its temporary files in a folder, after some code."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import signal; {prologue}; from pipeline.cli import main; main()",
            "validate",
            "-",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_deletes_its_temporary_files(tmp_path: Path, number: signal.Signals) -> None:
    # A program that runs under nohup ignores SIGHUP; this one is to behave as in a terminal.
    with validating(tmp_path, f"signal.signal({number:d}, signal.SIG_DFL)") as process:
        assert eventually(lambda: list(tmp_path.glob("*/incoming")))
        process.send_signal(number)
        assert process.stderr is not None
        said = process.stderr.read()

    assert process.returncode == -number
    assert said == b""
    assert not list(tmp_path.iterdir())


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    with validating(tmp_path, "signal.signal(signal.SIGHUP, signal.SIG_IGN)") as process:
        assert eventually(lambda: list(tmp_path.glob("*/incoming")))
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(BEGINNING)

    assert process.returncode == 0
    assert b"1 practice from the rows used." in out
