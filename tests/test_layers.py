import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYERS = (
    ("errors", "findings", "vocabulary"),
    ("rows", "practice", "matching", "ntriples", "accounting", "progress"),
    ("concepts", "slugs", "languages", "iris", "topics", "countries", "gazetteer"),
    ("cities", "dates", "edtf", "identity", "reports", "texts", "config"),
    ("readers", "describe", "checks", "gate", "similar", "staging"),
    ("recognise", "quarantine", "ledger", "journal", "release"),
    ("convert", "verdict", "provenance", "settings", "tally", "workspace"),
    ("lastrelease", "reading"),
    ("judging",),
    ("publishing", "validation"),
    ("releasing",),
    ("build",),
    ("cli",),
)
"""Lowest first: a module imports from its own layer only within its package, and from those below."""

RANK = {name: number for number, layer in enumerate(LAYERS) for name in layer}


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


def part(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "pipeline" and len(parts) > 1 and parts[1] in RANK else None


@pytest.mark.parametrize("path", sources("pipeline"), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_of_the_pipeline_point_down(path: Path) -> None:
    own = path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")
    if own == "__init__":
        assert not {name for name in imported(path) if name.startswith(("pipeline", "endpoint"))}
        return

    upwards = {
        name for name in imported(path) if (other := part(name)) and other != own and RANK[other] >= RANK[own]
    }

    assert upwards == set()


def test_every_module_has_its_layer() -> None:
    modules = {path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py") for path in sources("pipeline")}

    assert modules - {"__init__"} == set(RANK)


@pytest.mark.parametrize("path", sources("pipeline"), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_knows_the_endpoint(path: Path) -> None:
    if "cli" not in path.relative_to(ROOT).parts:
        assert not {name for name in imported(path) if name.startswith("endpoint")}


@pytest.mark.parametrize("path", sources("endpoint"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_endpoint_knows_of_the_pipeline_only_what_a_release_holds(path: Path) -> None:
    allowed = {"errors", "vocabulary", "release", "edtf", "practice", "iris", "matching", "slugs", "topics", "countries"}

    assert {part(name) for name in imported(path)} - {None} <= allowed
