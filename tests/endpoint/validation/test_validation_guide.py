import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import locations
import pytest
import yaml

from tests.running import Running

pytestmark = pytest.mark.thorough

ROOT = locations.ROOT
GUIDE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
PLANTED = ROOT / "tests" / "cases" / "planted"
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix icgp: <https://w3id.org/intercultural-practices/ns#> .
[] a sh:NodeShape ; sh:targetClass icgp:GoodPractice ; sh:nodeKind sh:IRI .
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the guide names."""
    made = tmp_path_factory.mktemp("guide")
    (made / "data").mkdir()
    for source, target in (
        ("table-usual-errors/practices.csv", "practices.csv"),
        ("table-usual-errors/practices.csv", "data/practices.csv"),
        ("workbook-several-sheets/practices.xlsx", "practices.xlsx"),
        ("turtle-usual-errors/practices.ttl", "practices.ttl"),
        ("turtle-usual-errors/practices.ttl", "more.ttl"),
    ):
        shutil.copy(PLANTED / source, made / target)
    (made / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return made


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def lines(start: str) -> list[str]:
    return [line for block in blocks("bash") for line in block.splitlines() if start in line]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("line", lines("curl"))
def test_the_requests_of_the_guide_are_answered(server: Running, folder: Path, line: str) -> None:
    made = run(line.replace("localhost:8000", f"127.0.0.1:{server.port}").replace("curl", "curl -f"), folder)

    assert made.returncode == 0, made.stderr
    assert "country-unknown" in made.stdout


# A command that watches does not end; tests/pipeline/cli/test_tools.py runs one.
@pytest.mark.parametrize("line", [line for line in lines("practicegraph validate") if "--watch" not in line])
def test_the_commands_of_the_guide_run(folder: Path, line: str) -> None:
    made = run(line, folder)

    assert made.returncode == (0 if "--shapes" in line else 1), made.stderr


def test_the_program_of_the_guide_runs(folder: Path) -> None:
    [program] = blocks("python")
    made = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder, env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert made.stdout.startswith("False 3\n")
    assert "violation country-unknown practices.csv, row 3" in made.stdout


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "ci" / "practices.yml").read_text(encoding="utf-8"))
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["check"]["steps"]
    [check] = [step for step in steps if "practicegraph" in step.get("uses", "")]
    outputs = set(re.findall(rf"steps\.{check['id']}\.outputs\.(\w+)", json.dumps(steps)))

    assert workflow["permissions"]["security-events"] == "write"
    assert set(check["with"]) <= set(action["inputs"])
    assert outputs
    assert outputs <= set(action["outputs"])


def test_the_hook_of_the_guide_takes_files_as_the_command_does(folder: Path) -> None:
    [block] = [block for block in blocks("yaml") if block.startswith("repos:")]
    [named] = yaml.safe_load(block)["repos"][0]["hooks"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    [hook] = [hook for hook in hooks if hook["id"] == named["id"]]
    command = " ".join([hook["entry"], *hook.get("args", ()), *named["args"], "data/practices.csv"])

    assert re.search(hook["files"], "data/practices.csv")
    assert run(command, folder).returncode == 1


def test_the_members_that_the_guide_explains_are_those_of_a_finding() -> None:
    schema = json.loads(
        (ROOT / "pipeline" / "findings" / "reports" / "findings.schema.json").read_text(encoding="utf-8")
    )
    table = GUIDE.partition("| member |")[2].partition("\n\n")[0]
    explained = set(re.findall(r"^\| (`[a-z`, ]+) \|", table, re.MULTILINE))
    named = {name for cell in explained for name in re.findall(r"`(\w+)`", cell)}

    assert named | {"severity"} == set(schema["$defs"]["finding"]["properties"])
