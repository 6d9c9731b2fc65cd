"""Builds that are killed or run out of disk, each in a child; prints what was found, one JSON object a line.

Run as ``python -m tests.cases.release.interrupted steps|moments|loading|limits OUTPUT [EVERY]``. The parent opens no
store itself: it forks, and a store has threads.
"""

import contextlib
import json
import os
import resource
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.model.errors import PracticegraphError
from pipeline.release.folder.build_facts import ReleaseSettings
from pipeline.release.folder.folders import current, releases
from pipeline.release.inspection import newest_good
from tests.cases.release import builds

_TOUCHING = {
    "open",
    "os.rename",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.symlink",
    "sqlite3.connect",
    "os.truncate",
}
_TERMS = builds.vocabulary()


def _in_child(work: Callable[[], object]) -> tuple[int, str]:
    """Return how a child ended, and what its work returned or the error it raised."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            answer = str(work())
        except PracticegraphError as error:
            answer = f"{type(error).__name__}: {error}"
        except BaseException as error:
            answer = f"not told: {error!r}"
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answers:
        text = answers.read()
    return os.waitpid(pid, 0)[1], text


def _build(output: Path, number: int, count: int = 3) -> str:
    practices = [builds.practice(number * 10_000 + n) for n in range(count)]
    settings = ReleaseSettings(load_lines=1000)
    return builds.build(output, practices, settings=settings, terms=_TERMS).name


def _watched(output: Path, at: Callable[[int], object]) -> Callable[[], object]:
    """Return a build that calls ``at`` with the number of each event that touches files below the output folder."""

    def work() -> object:
        seen, is_busy, lock = 0, False, threading.RLock()

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen, is_busy
            if event in _TOUCHING and any(str(output) in str(each) for each in arguments):
                with lock:
                    if not is_busy:  # else an event of what ``at`` does
                        seen, is_busy = seen + 1, True
                        at(seen)
                        is_busy = False

        sys.addaudithook(watch)
        _build(output, 1)
        return seen

    return work


def _killed_at(step: int, output: Path) -> Callable[[], object]:
    def kill(seen: int) -> None:
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return _watched(output, kill)


def _tell(what: object, before: Path | None, output: Path, status: int, text: str) -> None:
    _, good = _in_child(lambda: newest_good(output))
    here = current(output)
    found = {
        "what": what,
        "killed": os.WIFSIGNALED(status),
        "text": text,
        "current stayed": here == before,
        "current is good": good == str(here),
        "newest": releases(output)[0].name,
        "current": here.name if here else None,
    }
    print(json.dumps(found), flush=True)


def steps(output: Path, every: int) -> None:
    """Kill a build at every so many-th of its steps and at the last ones, each time over the same release."""
    _in_child(lambda: _build(output / "start", 0))
    shutil.copytree(output / "start", output / "whole", symlinks=True)
    _, total = _in_child(_killed_at(0, output / "whole"))
    for step in sorted({*range(1, int(total), every), *range(int(total) - 9, int(total) + 1)}):
        folder = output / f"killed-{step:03d}"
        shutil.copytree(output / "start", folder, symlinks=True)
        before = current(folder)
        status, text = _in_child(_killed_at(step, folder))
        _tell(step, before, folder, status, text)


def moments(output: Path, every: int) -> None:
    """Copy the folder of a build at every so many-th of its steps: what stays where it is killed there."""
    _in_child(lambda: _build(output / "whole", 0))
    before = current(output / "whole")

    def copy(seen: int) -> None:
        if seen % every == 0:
            with contextlib.suppress(shutil.Error):  # the store deletes files of its own meanwhile
                shutil.copytree(output / "whole", output / f"copied-{seen:03d}", symlinks=True)

    _in_child(_watched(output / "whole", copy))
    for folder in sorted(output.glob("copied-*")):
        _tell(folder.name, before and folder / "releases" / before.name, folder, 0, "")


def loading(output: Path, every: int) -> None:
    """Kill builds while their store is being loaded."""
    _in_child(lambda: _build(output, 0))
    for number, delay in enumerate((0, 0.01, 0.03, 0.08, 0.15)[::every], 1):
        before = current(output)
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                _build(output, number, 400)
            os._exit(0)
        while not list((output / "releases").glob(".building-*/store/*.sst")):
            time.sleep(0.001)
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        _tell(delay, before, output, os.waitpid(pid, 0)[1], "")


def limits(output: Path, every: int) -> None:
    """Build where no file may grow past a size."""
    _in_child(lambda: _build(output, 0))
    for number, size in enumerate((100, 5000, 40_000, 120_000, 300_000)[::every], 1):

        def work(number: int = number, size: int = size) -> object:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            return _build(output, number, 200)

        before = current(output)
        status, text = _in_child(work)
        _tell(size, before, output, status, text)


if __name__ == "__main__":
    {"steps": steps, "moments": moments, "loading": loading, "limits": limits}[sys.argv[1]](
        Path(sys.argv[2]), int(sys.argv[3])
    )
