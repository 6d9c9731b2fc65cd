"""How the work of a build grows: each step takes about four times the work for four times the practices."""

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from locations import ROOT

from pipeline.build import build
from pipeline.steps.settings import BuildSettings

sys.path.append(str(ROOT / "tests" / "benchmarks"))

from generate import COLUMNS, generate_rows

Item = TypeVar("Item")

GROWTH = 8.0
"""Times the work that four times the practices may take: halfway between 4, of linear work, and 16, of the square."""

LEAST = 0.06
"""Seconds that a step takes whatever its data."""

CITIES = (
    ("Spain", "Bilbao"),
    ("Italy", "Turin"),
    ("Norway", "Oslo"),
    ("Portugal", "Lisbon"),
    ("Germany", "Berlin"),
)


class Work:
    """Progress that adds up the computing of each step, of all threads."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._step, self._began = "Starting", time.process_time()

    def begin(self, step: str) -> None:
        now = time.process_time()
        self.seconds[self._step] += now - self._began
        self._step, self._began = step, now

    def track(self, items: Iterable[Item], step: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items; what follows them counts as the next step."""
        self.begin(step.partition(" ")[0])
        yield from items
        self.begin(f"after {step.partition(' ')[0]}")

    def note(self, sentence: str) -> None:
        """Begin the step that a sentence names."""
        self.begin(sentence)


def _rows(shape: str, count: int) -> Iterator[dict[str, str]]:
    """Yield generated rows; of the shape “alike” all are in a few cities, and their titles share their words."""
    for number, row in enumerate(generate_rows(count)):
        if shape == "alike":
            country, city = CITIES[number % len(CITIES)]
            row |= {
                "country": country,
                "city": city,
                "title": f"Evenings of neighbours in the quarter {number:x}",
            }
        yield row


def _work(folder: Path, shape: str, count: int) -> Counter[str]:
    source, work = folder / f"{count}.csv", Work()
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(_rows(shape, count))
    build([source], BuildSettings(folder / str(count), jobs=1), work)
    work.begin("")
    return work.seconds


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["as generated", "alike"])
def test_each_step_grows_with_the_practices(tmp_path: Path, shape: str) -> None:
    _work(tmp_path, shape, 20)  # what is loaded once
    few, many = _work(tmp_path, shape, 1000), _work(tmp_path, shape, 4000)
    assert {"Reading", "Processing"} <= many.keys()
    steep = {step: (few[step], many[step]) for step in many if many[step] > GROWTH * max(few[step], LEAST)}
    assert steep == {}, many
