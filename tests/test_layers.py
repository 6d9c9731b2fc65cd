"""The layers of the code: which folder may import which, and how many modules each may have."""

import ast
import re
import tokenize
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROOMS = (
    "pipeline",
    "pipeline.model",
    "pipeline.system",
    "pipeline.rdf",
    "pipeline.findings",
    "pipeline.findings.reports",
    "pipeline.language",
    "pipeline.recognition.places",
    "pipeline.recognition.dates",
    "pipeline.recognition",
    "pipeline.description",
    "pipeline.sources.files",
    "pipeline.sources.headings",
    "pipeline.sources.tables",
    "pipeline.sources.structured",
    "pipeline.sources.pages",
    "pipeline.sources.template",
    "pipeline.sources",
    "pipeline.release.folder",
    "pipeline.release.contents",
    "pipeline.release.dataset",
    "pipeline.release",
    "pipeline.records.history",
    "pipeline.records",
    "pipeline.records.corrections",
    "pipeline.records.corrected",
    "pipeline.gate.adapter",
    "pipeline.gate",
    "pipeline.steps",
    "pipeline.spark",
    "pipeline.shapes_check",
    "pipeline.compare",
    "pipeline.exchange",
    "pipeline.vocabulary_checks",
    "pipeline (flows)",
    "endpoint",
    "endpoint.http",
    "endpoint.monitoring",
    "endpoint.language",
    "endpoint.tables",
    "endpoint.catalogue",
    "endpoint.graphs.frames",
    "endpoint.graphs",
    "endpoint.citations",
    "endpoint.pages",
    "endpoint.figures",
    "endpoint.documents",
    "endpoint.harvest",
    "endpoint.site",
    "endpoint.history",
    "endpoint.syntax",
    "endpoint.hints",
    "endpoint.engine",
    "endpoint.engine.remote",
    "endpoint.validation",
    "endpoint.submission",
    "endpoint.assets",
    "endpoint.assets.atlas",
    "endpoint.assets.browser_store",
    "endpoint.assets.editor",
    "endpoint.sparql.examples",
    "endpoint.sparql.sharing",
    "endpoint.sparql.views",
    "endpoint.sparql",
    "endpoint (app)",
    "endpoint.server",
    "endpoint.static_site",
    "endpoint.agents",
    "pipeline.cli",
)
"""Every folder of both packages, from the ground up: a folder imports only folders that stand before it.

The top-level modules of a package have their own place: the flows above the steps, the app above its parts.
"""

FLAT = {"pipeline": "pipeline (flows)", "endpoint": "endpoint (app)"}

MOST_FLAT = 8
MOST_IN_A_FOLDER = 25


def sources() -> list[Path]:
    return [path for package in FLAT for path in sorted((ROOT / package).rglob("*.py"))]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, Path]:
    return {module_of(path): path for path in sources()}


def room_of(module: str) -> str:
    path = modules()[module]
    if path.name == "__init__.py":
        return module
    folder = module.rpartition(".")[0]
    return FLAT.get(folder, folder)


@cache
def imports() -> dict[str, set[str]]:
    """Return module → modules of the project that it imports, inside functions too.

    The entrance of a package only hands on names that are loaded when they are used.
    """
    return {
        module: set(imported(path)) - {module} if module not in FLAT else set()
        for module, path in modules().items()
    }


def imported(path: Path) -> list[str]:
    names = list[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [name if name in modules() else node.module for name in whole]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [name for name in names if name in modules()]


def test_every_folder_has_its_place() -> None:
    assert {room_of(module) for module in modules()} == set(ROOMS)


def test_no_file_imports_itself_by_way_of_others() -> None:
    try:
        tuple(TopologicalSorter(imports()).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_imports_only_folders_below_it(room: str) -> None:
    below = set(ROOMS[: ROOMS.index(room) + 1])
    upward = [
        f"{module} imports {other}"
        for module in modules()
        if room_of(module) == room
        for other in imports()[module]
        if room_of(other) not in below
    ]

    assert upward == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_can_be_taken_in_at_a_glance(room: str) -> None:
    inside = [name for name, path in modules().items() if room_of(name) == room and path.stem != "__init__"]

    assert len(inside) <= (MOST_FLAT if room in FLAT.values() else MOST_IN_A_FOLDER), inside


def test_no_two_modules_share_a_name() -> None:
    names = sorted(path.stem for path in sources() if path.stem not in ("__init__", "__main__"))

    assert [one for one, other in pairwise(names) if one == other] == []


def test_a_name_says_what_it_is_for() -> None:
    """What was found or kept are matches, rows, a reading, what remains …"""
    names = list[str]()
    for path in sources():
        with path.open("rb") as lines:
            names += [
                f"{path.name}, line {token.start[0]}"
                for token in tokenize.tokenize(lines.readline)
                if token.type == tokenize.NAME and token.string.strip("_").lower() in ("found", "kept")
            ]

    assert names == []


@pytest.mark.parametrize("module", [module for module in modules() if module.startswith("pipeline")])
def test_only_the_command_line_knows_the_endpoint(module: str) -> None:
    if room_of(module) != "pipeline.cli":
        assert not {name for name in imports()[module] if name.startswith("endpoint")}


@pytest.mark.parametrize("module", [module for module in modules() if module.startswith("endpoint")])
def test_the_endpoint_knows_nothing_of_how_a_release_is_built(module: str) -> None:
    building = {"pipeline.build", "pipeline.steps.judge", "pipeline.steps.publish", "pipeline.steps.finish"}
    rooms = {"pipeline.records", "pipeline.gate", "pipeline.cli"}

    assert imports()[module] & building == set()
    assert {room_of(name) for name in imports()[module]} & rooms == set()


def test_the_gate_knows_nothing_of_practices() -> None:
    """It may know the vocabularies that SHACL itself is written in."""
    own = {"pipeline.gate", "pipeline.gate.adapter"}
    known = {
        *("pipeline.rdf.ntriples", "pipeline.rdf.vocabulary"),
        *("pipeline.model.errors", "pipeline.model.shacl_result", "pipeline.system.progress"),
        *("pipeline.system.child_calls", "pipeline.system.data_files", "pipeline.system.limits"),
    }
    gate = [module for module in modules() if room_of(module) in own]
    names = {name for module in gate for name in vocabulary_names(modules()[module])}

    assert names <= {"RDF", "RDFS", "OWL", "SH", "XSD"}
    assert {name for module in gate for name in imports()[module] if room_of(name) not in own} <= known


def vocabulary_names(path: Path) -> list[str]:
    """Return what a module imports of the vocabulary."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "pipeline.rdf.vocabulary"
        for alias in node.names
    ]


def test_the_architecture_names_every_room_and_only_what_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:pipeline|endpoint|ontology|shapes|tests)/[\w./]*)`", text))
    rooms = {"/".join(room.split(".")[:2]) + "/" for room in ROOMS if "." in room}

    assert rooms - named == set()
    assert {path for path in named if not (ROOT / path).exists()} == set()


if __name__ == "__main__":  # prints the modules and lines of each folder
    for room in ROOMS:
        paths = [path for name, path in modules().items() if room_of(name) == room]
        lines = sum(len(path.read_bytes().splitlines()) for path in paths)
        print(f"{len(paths):4} {lines:7,} {room}")
