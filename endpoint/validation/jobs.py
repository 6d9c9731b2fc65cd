"""Jobs: a process for each request, so many at a time, killed at its deadline with all that it started."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from endpoint.validation.limits import MIB, Limits
from endpoint.validation.problems import Problem

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from endpoint.validation.job import main; main()"
_LOOK_EVERY = 0.25
_SECONDS_TO_RETRY = "5"
_LOCALLY = "Split the data, or check them on your own computer: practicegraph validate FILE."
_ENDED_BY_LIMIT = (signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL, signal.SIGBUS)

_log = logging.getLogger(__name__)


class Abandoned(Exception):
    """The client has gone before its report was made."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a job made: the report, open for reading, and the two words on the data."""

    file: IO[bytes]
    size: int
    conforms: bool
    accepted: bool


class Jobs:
    """The jobs of one web process."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._free = threading.BoundedSemaphore(limits.jobs)

    def __enter__(self) -> "Jobs":
        """Take a place; raise Problem at once where none is free: to wait would hold the thread of a page."""
        if not self._free.acquire(blocking=False):
            raise Problem(
                "service-busy",
                f"As many checks as this server does at once are under way; try again in {_SECONDS_TO_RETRY} s.",
                {"Retry-After": _SECONDS_TO_RETRY},
            )
        return self

    def __exit__(self, *_: object) -> None:
        """Give the place back."""
        self._free.release()

    def run(
        self,
        folder: Path,
        files: tuple[Path, ...],
        format: str,
        is_strict: bool,
        has_gone: Callable[[], bool],
    ) -> Report:
        """Return the report on some files; raise Problem where there is none, Abandoned where nobody waits."""
        order = {
            "folder": str(folder),
            "files": list(map(str, files)),
            "format": format,
            "is_strict": is_strict,
            "seconds": self.limits.seconds,
            "memory": self.limits.memory,
        }
        code = self._wait(_start(order, folder), has_gone)
        result = folder / "result.json"
        if code != 0 or not result.exists():
            raise self._ended(code, folder)
        return self._report(json.loads(result.read_text(encoding="utf-8")), folder)

    def _wait(self, job: "subprocess.Popen[bytes]", has_gone: Callable[[], bool]) -> int:
        until = time.monotonic() + self.limits.seconds
        try:
            while True:
                left = until - time.monotonic()
                if left <= 0:
                    raise self._deadline()
                with suppress(subprocess.TimeoutExpired):
                    return job.wait(min(left, _LOOK_EVERY))
                if has_gone():
                    raise Abandoned
        finally:
            if job.returncode != 0:
                with suppress(ProcessLookupError):
                    os.killpg(job.pid, signal.SIGKILL)
                job.wait()

    def _deadline(self) -> Problem:
        return Problem("check-deadline", f"The check was stopped after {self.limits.seconds:g} s. {_LOCALLY}")

    def _memory(self) -> Problem:
        megabytes = self.limits.memory // MIB
        return Problem("check-memory", f"The check needs more than {megabytes:,} MB of memory. {_LOCALLY}")

    def _ended(self, code: int, folder: Path) -> Problem:
        if -code in _ENDED_BY_LIMIT:
            return self._memory()
        told = (folder / "errors").read_text(encoding="utf-8", errors="replace").strip()
        _log.error("A validation job ended with code %d: %s", code, told[-2000:])
        return Problem("check-failed", "The check broke off, which is a fault of ours. It has been noted.")

    def _report(self, result: dict[str, Any], folder: Path) -> Report:
        name = result.get("problem")
        if name == "check-memory":
            raise self._memory()
        if name is not None:
            raise Problem(name, result["sentence"])
        path = folder / "report"
        return Report(path.open("rb"), path.stat().st_size, result["conforms"], result["accepted"])


def _start(order: dict[str, Any], folder: Path) -> "subprocess.Popen[bytes]":
    paths = json.dumps([path for path in sys.path if path])
    with (folder / "errors").open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _START, paths, json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            env={**os.environ, "TMPDIR": str(folder)},
            start_new_session=True,
        )
