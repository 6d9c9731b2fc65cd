"""The progress of a check: a small file in the folder of its order, which the web process reads while it waits."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.system.progress import Progress

Item = TypeVar("Item")

_FILE = "progress.json"
_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Stage:
    """What a check is doing: a step, and how many of its items are done; the total may be unknown."""

    step: str
    done: int = 0
    total: int | None = None

    @property
    def percent(self) -> int | None:
        """Return how much is done, where that is known."""
        return 100 * self.done // self.total if self.total else None


class ProgressFile(Progress):
    """Writes what a check is doing into a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def track(self, items: Iterable[Item], step: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items, writing now and then how many have passed."""
        self.write(Stage(step, 0, total))
        due = time.monotonic() + _EVERY
        for done, item in enumerate(items, 1):
            if time.monotonic() > due:
                self.write(Stage(step, done, total))
                due = time.monotonic() + _EVERY
            yield item

    def write(self, stage: Stage) -> None:
        """Write a stage; if there is no room for it, the check continues without."""
        part = self._file.with_suffix(".part")
        with suppress(OSError):
            part.write_text(json.dumps(asdict(stage)), encoding="utf-8")
            part.replace(self._file)


def read_stage(folder: Path) -> Stage | None:
    """Return what a check is doing, None before it has begun."""
    with suppress(OSError, ValueError, TypeError):
        return Stage(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    return None
