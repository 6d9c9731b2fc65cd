"""The check in the tools that people have: pre-commit, GitHub Actions, problem matchers, editors."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import main

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
GOOD = "title,country,date\nA welcome house for newcomers,Norway,2014\n"
BAD = "title,country,date\nA welcome house for newcomers,Spane,2014\n"


def repository(folder: Path) -> Path:
    """Return a folder that is a repository of records in data/, one of them wrong."""
    (folder / "data" / "of 2024").mkdir(parents=True)
    (folder / "data" / "of 2024" / "präctices.csv").write_text(BAD, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def matched(output: str) -> list[dict[str, Any]]:
    """Return what the problem matcher finds in an output, as GitHub reads it."""
    found = []
    for matcher in json.loads((ROOT / "docs/ci/practicegraph-matcher.json").read_text())["problemMatcher"]:
        [pattern] = matcher["pattern"]
        for line in output.splitlines():
            if hit := re.search(pattern["regexp"], line):
                groups = {name: hit[at] for name, at in pattern.items() if name != "regexp"}
                found.append({"severity": matcher.get("severity"), **groups})
    return found


def test_each_line_of_the_concise_report_is_one_problem_with_its_file_and_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository(tmp_path))
    output = CliRunner().invoke(main, ["validate", "data", "--format", "concise"]).stdout
    problems = matched(output)

    assert len(problems) == len(output.splitlines())
    assert {problem["file"] for problem in problems} == {"data/of 2024/präctices.csv"}
    assert problems[0] | {"message": ""} == {
        "file": "data/of 2024/präctices.csv",
        "line": "2",
        "column": "1",
        "severity": "error",
        "message": "",
        "code": "country-unknown",
    }


@pytest.mark.parametrize(
    ("folder", "given", "uri"),
    [
        (".", "data", "data/of%202024/pr%C3%A4ctices.csv"),
        (".", ".", "data/of%202024/pr%C3%A4ctices.csv"),
        ("data", "of 2024/präctices.csv", "data/of%202024/pr%C3%A4ctices.csv"),
        ("data/of 2024", ".", "data/of%202024/pr%C3%A4ctices.csv"),
        ("data/of 2024", "..", "data/of%202024/pr%C3%A4ctices.csv"),
        ("data/of 2024", "{root}/data", "data/of%202024/pr%C3%A4ctices.csv"),
        ("data", "../../a b.csv", "file://{outside}/a%20b.csv"),
    ],
)
def test_sarif_names_files_from_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, given: str, uri: str
) -> None:
    root = repository(tmp_path / "repository")
    (tmp_path / "a b.csv").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(root / folder)
    output = CliRunner().invoke(main, ["validate", given.format(root=root), "--format", "sarif"]).stdout

    results = json.loads(output)["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert set(places) == {uri.format(outside=tmp_path)}


def test_shapes_have_a_path_in_sarif_as_data_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://ex.org/> . ex:S a sh:NodeShape ; "
        "sh:targetClass ex:T ; sh:property [ sh:path ex:n ; sh:minCont 1 ; sh:minCount 1 ] .",
        encoding="utf-8",
    )
    (tmp_path / "d.ttl").write_text("<http://ex.org/a> a <http://ex.org/T> .", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "rules")
    output = (
        CliRunner().invoke(main, ["validate", "../d.ttl", "--shapes", "s.ttl", "--format", "sarif"]).stdout
    )

    results = json.loads(output)["runs"][0]["results"]
    assert [
        (each["ruleId"], each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for each in results
    ] == [("shapes-term-unknown", "rules/s.ttl"), ("min-count", "d.ttl")]


def action_step(name: str) -> dict[str, Any]:
    """Return a step of the action by its name."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    [step] = [step for step in action["runs"]["steps"] if step.get("name") == name]
    return dict(step)


@pytest.mark.parametrize(
    ("content", "strict", "code", "accepted"),
    [(GOOD, "", 0, "true"), (GOOD, "true", 1, "false"), (BAD, "", 1, "false")],
)
def test_the_step_of_the_action_checks_annotates_and_says_where_the_reports_are(
    tmp_path: Path, content: str, strict: str, code: int, accepted: str
) -> None:
    root = repository(tmp_path / "repository")
    (root / "data" / "of 2024" / "präctices.csv").write_text(content, encoding="utf-8")
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    values = {"FILES": "data/of 2024\n", "SHAPES": "", "STRICT": strict, "REPORT_LANGUAGE": "en"}
    environment = {**os.environ, **values, **{name: str(path) for name, path in files.items()}}
    environment |= {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(ROOT), "PYTHONPATH": str(ROOT)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", action_step("Check")["run"]]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)

    assert done.returncode == code, done.stderr
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    assert outputs["accepted"] == accepted
    assert json.loads(Path(outputs["sarif"]).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert Path(outputs["report"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert f"::add-matcher::{ROOT}/docs/ci/practicegraph-matcher.json" in done.stdout
    assert ("country-unknown" in {problem["code"] for problem in matched(done.stdout)}) == (content == BAD)
    assert "ccepted." in files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


def test_the_action_and_the_workflow_agree_on_inputs_and_outputs() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    workflow = (ROOT / "docs/ci/practices.yml").read_text(encoding="utf-8")
    [step] = [
        step
        for step in yaml.safe_load(workflow)["jobs"]["check"]["steps"]
        if "practicegraph@" in step["uses"]
    ]

    assert set(step["with"]) <= set(action["inputs"])
    assert set(re.findall(r"steps\.practices\.outputs\.(\w+)", workflow)) <= set(action["outputs"])
    written = set(re.findall(r"echo \"(\w+)=", action_step("Check")["run"]))
    used = set(re.findall(r"steps\.check\.outputs\.(\w+)", json.dumps(action["outputs"])))
    assert used == written


def wait_for(path: Path, text: str, times: int) -> None:
    """Wait until a file contains a text a number of times."""
    until = time.monotonic() + 60
    while path.read_text(encoding="utf-8").count(text) < times:
        assert time.monotonic() < until, path.read_text(encoding="utf-8")
        time.sleep(0.05)


def test_watching_checks_again_after_a_change_and_ends_with_the_last_exit_code(tmp_path: Path) -> None:
    data, out, said = tmp_path / "practices.csv", tmp_path / "out", tmp_path / "said"
    data.write_text(BAD, encoding="utf-8")
    with out.open("w") as stdout, said.open("w") as stderr:
        # A job in the background ignores SIGINT; this one is to behave as in the foreground.
        program = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from pipeline.cli import main; main()"
        )
        command = [sys.executable, "-c", program, "validate", str(data), "--watch"]
        watching = subprocess.Popen(
            command, stdout=stdout, stderr=stderr, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        try:
            wait_for(said, "Waiting for changes", 1)
            data.unlink()
            wait_for(said, "Waiting for changes", 2)
            data.write_text(GOOD, encoding="utf-8")
            wait_for(said, "Waiting for changes", 3)
        finally:
            watching.send_signal(signal.SIGINT)
            try:
                code = watching.wait(timeout=30)
            finally:
                watching.kill()
                watching.wait()

    assert code == 0
    assert re.findall("(?m)^(?:Not a|A)ccepted\\.$", out.read_text(encoding="utf-8")) == [
        "Not accepted.",
        "Accepted.",
    ]
    assert "does not exist" in said.read_text(encoding="utf-8")
    assert "Traceback" not in said.read_text(encoding="utf-8")


def test_standard_input_cannot_be_watched() -> None:
    result = CliRunner().invoke(main, ["validate", "-", "--watch"], input="")

    assert result.exit_code == 2
    assert "Standard input cannot be watched" in result.stderr


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def hook_repository(folder: Path) -> Path:
    """Return a repository with our hooks, whose package runs the command of this environment."""
    folder.mkdir()
    (folder / ".pre-commit-hooks.yaml").write_bytes((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    (folder / "setup.py").write_text(
        "from setuptools import setup\nsetup(name='practicegraph-hook', version='1', scripts=['practicegraph'])\n"
    )
    (folder / "practicegraph").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m pipeline.cli "$@"\n', encoding="utf-8"
    )
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "hooks")
    return folder


@pytest.mark.slow
def test_pre_commit_refuses_a_wrong_record_and_takes_a_right_one(tmp_path: Path) -> None:
    hooks = hook_repository(tmp_path / "hooks")
    root = repository(tmp_path / "records")
    (root / "package.json").write_text("{}", encoding="utf-8")
    git(root, "add", ".")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    command = [
        sys.executable,
        "-m",
        "pre_commit",
        "try-repo",
        str(hooks),
        "practicegraph-validate",
        "--all-files",
    ]

    refused = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if "practicegraph-validate" not in refused.stdout or "An unexpected error" in refused.stdout:
        pytest.skip(f"pre-commit cannot make an environment here: {refused.stdout[-300:]}")
    (root / "data" / "of 2024" / "präctices.csv").write_text(GOOD, encoding="utf-8")
    git(root, "add", ".")
    taken = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)

    assert refused.returncode == 1
    assert "Unknown country “Spane”" in refused.stdout
    assert "package.json" not in refused.stdout
    assert (taken.returncode, "Passed" in taken.stdout) == (0, True), taken.stdout
