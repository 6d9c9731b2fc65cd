import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FLOW = (
    "findings",
    "rows",
    "practice",
    "ntriples",
    "iris",
    "describe",
    "identity",
    "readers",
    "staging",
    "recognise",
    "release",
    "convert",
    "judging",
    "publishing",
    "releasing",
    "build",
    "cli",
)
"""How a record goes, from below: none of these knows one that stands after it."""


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def part_of(path: Path) -> str:
    """Return the module or subpackage directly below its package that a file belongs to."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


@cache
def graph(package: str) -> dict[str, set[str]]:
    """Return part → parts of the same package that it imports."""
    found: dict[str, set[str]] = {part_of(path): set() for path in sources(package)}
    for path in sources(package):
        parts = {name.split(".")[1] for name in imported(path) if name.startswith(f"{package}.")}
        found[part_of(path)] |= {part for part in parts if part in found and part != part_of(path)}
    return found


def known_below(part: str) -> set[str]:
    below, waiting = set[str](), [part]
    while waiting:
        new = graph("pipeline")[waiting.pop()] - below
        below |= new
        waiting += new
    return below


@pytest.mark.parametrize("package", ["pipeline", "endpoint"])
def test_no_import_leads_round_in_a_circle(package: str) -> None:
    try:
        order = list(TopologicalSorter(graph(package)).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))

    assert set(order) == set(graph(package))


@pytest.mark.parametrize("part", FLOW)
def test_imports_point_down_the_flow_of_a_record(part: str) -> None:
    later = set(FLOW[FLOW.index(part) + 1 :])

    assert known_below(part) & later == set()


@pytest.mark.parametrize("path", sources("pipeline"), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_knows_the_endpoint(path: Path) -> None:
    if part_of(path) not in ("cli", "template"):
        assert not {name for name in imported(path) if name.startswith("endpoint")}


@pytest.mark.parametrize("path", sources("endpoint"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_endpoint_knows_nothing_of_how_a_release_is_built(path: Path) -> None:
    building = {"build", "releasing", "publishing", "judging", "convert", "staging", "ledger", "gate", "cli"}
    known = {name.split(".")[1] for name in imported(path) if name.startswith("pipeline.")}

    assert known & building == set()
