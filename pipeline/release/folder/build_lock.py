"""The build lock: one build at a time writes to an output folder."""

import fcntl
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pipeline.model.errors import EnvironmentFault
from pipeline.release.folder.write_faults import translate_os_errors

_PAUSE = 0.1


class BuildLock:
    """Held while a build runs; a second one waits some seconds, then raises EnvironmentFault.

    ``notice`` is called once, with a sentence, when waiting begins. The system lets go of the lock when its
    holder ends in whatever way.
    """

    def __init__(self, output: Path, wait: float = 0, notice: Callable[[str], None] | None = None) -> None:
        self._output = output
        self._wait = wait
        self._notice = notice
        self._file = -1

    def __enter__(self) -> Self:
        with translate_os_errors(self._output):
            self._output.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._output / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._acquire()
        except BaseException:
            os.close(self._file)
            raise
        return self

    def _acquire(self) -> None:
        end = time.monotonic() + self._wait
        is_announced = False
        while not self._try():
            if time.monotonic() >= end:
                raise EnvironmentFault(
                    f"{self._holder()} Wait for it to end, or build into another folder."
                    f" {f'Waited {self._wait:g} seconds.' if self._wait else ''}".rstrip()
                )
            if self._notice is not None and not is_announced:
                self._notice(f"{self._holder()} Waiting up to {self._wait:g} seconds for it to end.")
                is_announced = True
            time.sleep(_PAUSE)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()} {now}\n".encode(), 0)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> str:
        pid, _, since = os.pread(self._file, 100, 0).decode(errors="replace").strip().partition(" ")
        who = f"process {pid}, since {since}" if since else "a process that has just begun"
        return f"Another build is writing to {self._output} ({who})."

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
