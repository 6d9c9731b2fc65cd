"""Measures a whole build step by step: `python tests/benchmarks/bench_build.py [PRACTICES]`, 100,000 without a number.

CPU seconds are those of the process and of its children that have ended; memory is the highest the process
has taken so far. It fails where the build takes more than 150 CPU seconds or 2.5 GB for 100,000 practices.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from generate import write_csv  # noqa: E402

from pipeline.build import build  # noqa: E402
from pipeline.steps.settings import BuildSettings  # noqa: E402

Item = TypeVar("Item")
MOST_CPU = 150.0
MOST_MEMORY = 2500.0


def cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def memory() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Stopwatch:
    """Progress that notes when each step begins."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float, float, float]] = []
        self.begin("Starting")

    def begin(self, step: str) -> None:
        self.steps.append((step, cpu(), time.monotonic(), memory()))

    def track(self, items: Iterable[Item], step: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items; what follows them counts as the next step."""
        self.begin(step)
        yield from items
        self.begin(f"after {step}")

    def note(self, sentence: str) -> None:
        """Begin the step that a message announces."""
        self.begin(sentence.rstrip(" …"))

    def table(self) -> Iterator[str]:
        """Yield a line a step."""
        self.begin("end")
        yield f"{'step':<34}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}"
        for (step, began, at, _), (_, ended, until, most) in zip(self.steps, self.steps[1:], strict=False):
            if ended - began >= 0.05:
                yield f"{step:<34}{ended - began:>8.1f}{until - at:>8.1f}{most:>9.0f}"


def main(practices: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "source.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            write_csv(file, practices, bad=0.005, seed=1)
        size = source.stat().st_size / 1e6
        watch, begun = Stopwatch(), cpu()
        outcome = build([source], BuildSettings(Path(name) / "out", jobs=2), watch)
        taken, most = cpu() - begun, memory()
    print(
        f"{practices:,} practices, {size:.0f} MB of CSV, {outcome.accounting.quarantined} rows in quarantine"
    )
    print(
        f"CPython {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, pyshacl {version('pyshacl')}"
    )
    for line in watch.table():
        print(line)
    print(f"{'all':<34}{taken:>8.1f}{'':>8}{most:>9.0f}")
    share = practices / 100_000
    return 0 if taken <= MOST_CPU * max(share, 0.1) and most <= MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
