"""Draws scale.csv: four charts, and the tables of docs/scale.md; `python tests/benchmarks/scale_charts.py`."""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

HERE = Path(__file__).parent
RESULTS = HERE / "scale.csv"
DOCS = HERE.parents[1] / "docs"
PAGE = DOCS / "scale.md"

CHARTS = {
    "wall": ("Time by the clock", "s"),
    "cpu": ("CPU time", "s"),
    "memory": ("Memory of all processes", "MB"),
    "disk": ("Disk at most, release included", "MB"),
}
COMPUTED = (1_000_000, 10_000_000, 100_000_000)
LEFT, TOP, WIDTH, HEIGHT = 70, 44, 420, 260
NIGHT = 8 * 3600

Row = Mapping[str, str]


def draw() -> None:
    """Write the charts and the tables of the page."""
    for name, text in drawn(results()).items():
        (DOCS / name).write_text(text, encoding="utf-8")


def results() -> list[Row]:
    """Return the measurements."""
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def drawn(rows: Sequence[Row]) -> dict[str, str]:
    """Return the texts of the charts, and of the page with its tables, by their file names."""
    templates = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = templates.get_template("scale.svg.jinja")
    texts = {
        f"scale-{name}.svg": template.render(title=title, unit=unit, **chart(rows, name)) + "\n"
        for name, (title, unit) in CHARTS.items()
    }
    page = PAGE.read_text(encoding="utf-8")
    for name, table in (("measured", measured(rows)), ("computed", computed(rows))):
        before, _, rest = page.partition(f"<!-- {name} -->\n")
        after = rest.partition("<!-- end -->")[2]
        page = "\n".join((f"{before}<!-- {name} -->", "", *table, "", f"<!-- end -->{after}"))
    return {**texts, PAGE.name: page}


def chart(rows: Iterable[Row], name: str) -> dict[str, object]:
    """Return lines and ticks of a chart with two logarithmic axes."""
    lines: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        lines[row["way"]].append((math.log10(int(row["practices"])), math.log10(max(float(row[name]), 0.1))))
    points = [point for line in lines.values() for point in line]
    low_x, high_x = _bounds([x for x, _ in points])
    low_y, high_y = _bounds([y for _, y in points])

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            round(LEFT + (x - low_x) / (high_x - low_x) * WIDTH, 1),
            round(TOP + HEIGHT - (y - low_y) / (high_y - low_y) * HEIGHT, 1),
        )

    return {
        "lines": {way: [at(*point) for point in line] for way, line in lines.items()},
        "across": [(at(x, low_y)[0], f"{10**x:,}") for x in range(low_x, high_x + 1)],
        "up": [(at(low_x, y)[1], f"{10**y:,g}") for y in range(low_y, high_y + 1)],
        "box": (LEFT, TOP, WIDTH, HEIGHT),
    }


def _bounds(values: Sequence[float]) -> tuple[int, int]:
    """Return the whole numbers around some values, which differ."""
    low = math.floor(min(values))
    return low, max(math.ceil(max(values)), low + 1)


def measured(rows: Iterable[Row]) -> Iterator[str]:
    yield "| way | practices | time, s | CPU, s | CPU for each, ms | memory, MB | disk at most, MB | release, MB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        number, cpu = int(row["practices"]), float(row["cpu"])
        sizes = (f"{float(row[name]):,.0f}" for name in ("memory", "disk", "release"))
        seconds = (f"{float(row['wall']):,.1f}", f"{cpu:,.1f}", f"{1000 * cpu / number:.2f}")
        yield f"| {row['way']} | {number:,} | {' | '.join((*seconds, *sizes))} |"


def computed(rows: Iterable[Row]) -> Iterator[str]:
    """Yield what more practices would take, from the slope between the two largest builds with two processes."""
    two = [row for row in rows if row["way"] == "2 processes"]
    small, large = sorted(two, key=lambda row: int(row["practices"]))[-2:]

    def at(name: str, practices: int) -> float:
        fewer, more = int(small["practices"]), int(large["practices"])
        slope = (float(large[name]) - float(small[name])) / (more - fewer)
        return float(large[name]) + slope * (practices - more)

    yield "| practices | source, GB | CPU, h | time on 2 cores, h | disk at most, GB | cores for a night of 8 h |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for number in COMPUTED:
        cpu, wall = at("cpu", number), at("wall", number)
        sizes = (at("source", number) / 1000, cpu / 3600, wall / 3600, at("disk", number) / 1000)
        cores = max(1, math.ceil(cpu / NIGHT))
        yield f"| {number:,} | {' | '.join(f'{size:,.1f}' for size in sizes)} | {cores} |"


if __name__ == "__main__":
    draw()
