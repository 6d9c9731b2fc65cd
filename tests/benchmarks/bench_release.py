"""Measures writing a release: `python tests/benchmarks/bench_release.py [PRACTICES [FOLDER]]`.

The table lists its steps. CPU seconds are those of the process; making and describing the practices is
measured apart and not counted.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.description.describe import describe, describe_city, describe_state
from pipeline.model.practice import City, Period, Practice
from pipeline.rdf import vocabulary
from pipeline.rdf.iris import DEFAULT_BASE, Deployment
from pipeline.rdf.ntriples import write
from pipeline.release import release_writer
from pipeline.release.contents.nodes import load_vocabulary
from pipeline.release.folder.build_facts import ReleaseFacts
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.inspection import verify
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter
from pipeline.steps.local_engine import BATCH_SIZE

_DEPLOYMENT = Deployment(DEFAULT_BASE)
_SYLLABLES = [first + last for first in "bdfgklmnprst" for last in "aeio"]
_TOPICS = ("anti-rumour", "education", "mediation", "public-space", "multilingualism", "housing")
_COUNTRIES = ("ITA", "ESP", "PRT", "GBR", "CHE", "NOR", "POL", "UKR", "FRA", "DEU")
_STEPS = (
    "_write_reports",
    "_write_contents",
    "_write_profile",
    "_publish",
)


def practices(count: int, seed: int = 1) -> Iterator[Practice]:
    """Yield practices of the size that real ones have, the same for the same seed."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    pool = chance.choices(words, weights=weights, k=400_000)
    cities = [_city(number) for number in range(900)]

    def text(length: int) -> str:
        start = chance.randrange(len(pool) - length)
        return " ".join(pool[start : start + length]).capitalize() + "."

    for number in range(count):
        year = chance.randint(2000, 2024)
        titles = (("en", f"{text(7)} {number}"),) + ((("fr", text(8)),) if number % 4 == 0 else ())
        city = cities[number % len(cities)]
        yield Practice(
            slug=f"{words[number % len(words)]}-{number:x}",
            titles=titles,
            identifier=f"source-{number}",
            descriptions=(("en", text(90)),),
            topics=tuple(sorted(chance.sample(_TOPICS, 2))),
            countries=(city.country,),
            cities=(city,),
            date_texts=(("en", f"{year}-{year + 1}"),),
            period=Period(f"{year}-03", str(year + 1), False, f"{year}-03/{year + 1}", (year, year + 1)),
            sources=(f"https://www.coe.int/en/web/interculturalcities/-/{number}",),
            issued="2026-01-01T00:00:00Z",
            modified=f"2026-01-{number % 28 + 1:02d}T00:00:00Z",
        )


def _city(number: int) -> City:
    country = _COUNTRIES[number % len(_COUNTRIES)]
    names = (("en", f"City {number}"), ("fr", f"Ville {number}"))
    return City(
        f"{country[:2].lower()}-city-{number}", country, names, "city", 40 + number / 100, number / 50, number
    )


def lines_of(practice: Practice) -> str:
    """Return the lines of a practice and of its cities."""
    text = write(describe(practice, _DEPLOYMENT)) + write(describe_state(practice, _DEPLOYMENT))
    return text + "".join(write(describe_city(city, _DEPLOYMENT)) for city in practice.cities)


def fragment_of(batch: list[Practice]) -> ReleaseFragment:
    """Return what a batch adds to the release."""
    fragment = ReleaseFragment(DEFAULT_BASE)
    for practice in batch:
        run = f"{_DEPLOYMENT.record(practice.slug)} <{vocabulary.PROV}wasGeneratedBy> {PENDING_RUN} .\n"
        fragment.add(practice, lines_of(practice), (), run)
    fragment.seal()
    return fragment


class Steps:
    """CPU and wall seconds by step, with the peak of memory when it ended."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float, float]] = []

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            cpu, wall = time.process_time(), time.perf_counter()
            result = function(*args, **kwargs)
            self.note(name, time.process_time() - cpu, time.perf_counter() - wall)
            return result

        return run

    def note(self, name: str, cpu: float, wall: float) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.rows.append((name, cpu, wall, peak))

    def watch(self) -> None:
        for step in _STEPS:
            owner: Any = release_writer.ReleaseWriter if step.startswith("_") else release_writer
            *path, name = step.split(".")
            for part in path:
                owner = getattr(owner, part)
            setattr(owner, name, self.timed(step, getattr(owner, name)))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    steps = Steps()
    cpu, wall = time.process_time(), time.perf_counter()
    for practice in practices(count):
        lines_of(practice)
    apart = (time.process_time() - cpu, time.perf_counter() - wall)
    steps.watch()
    facts = ReleaseFacts("bench", "2026-01-01T00:00:00Z", {"findings": []})
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        terms = load_vocabulary(vocabulary.vocabulary_files(), vocabulary.ontology_version())
        with ReleaseWriter(Path(folder), DEFAULT_BASE) as release:
            cpu, wall = time.process_time(), time.perf_counter()
            every = practices(count)
            while batch := list(islice(every, BATCH_SIZE)):
                release.merge(fragment_of(batch))
                release.add_rows("{}\n" for _ in batch)
            steps.note("add", time.process_time() - cpu - apart[0], time.perf_counter() - wall - apart[1])
            steps.timed("seal", release.seal)(terms)
            published = release.finish(facts)
        steps.timed("verify", verify)(published.path)
        sizes = {path.name: path.stat().st_size for path in published.path.iterdir() if path.is_file()}
    print(f"{count} practices; making and describing them took {apart[0]:.1f} CPU s")
    print(f"{'step':20} {'CPU s':>8} {'wall s':>8} {'peak MB':>8}")
    for name, used, passed, peak in steps.rows:
        print(f"{name:20} {used:8.2f} {passed:8.2f} {peak:8.0f}")
    print(f"{'all but verify':20} {sum(row[1] for row in steps.rows[:-1]):8.2f}")
    print({name: f"{size / 1e6:.1f} MB" for name, size in sorted(sizes.items())})


if __name__ == "__main__":
    main()
