"""The command as a whole: it starts fast, and lists its commands without loading them."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.console import Bars
from pipeline.cli.group import SUMMARIES
from pipeline.findings.messages import say

SLOW = {
    "pyoxigraph",
    "rdflib",
    "lxml",
    "rapidfuzz",
    "babel",
    "rich",
    "flask",
    "urllib.request",
    "pipeline.build",
}


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a run of the command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "pipeline.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    times = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in times}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_prints_and_ends_loads_nothing_slow(option: str) -> None:
    loaded = loaded_by(option)

    assert "pipeline.cli.group" in loaded
    assert loaded & SLOW == set()


def test_rdflib_is_left_to_the_checks_that_need_it() -> None:
    loaded = loaded_by("build", "--help")

    assert "pipeline.build" in loaded
    assert loaded & {"rdflib", "pyshacl", "flask", "rich"} == set()


def test_the_help_lists_every_command_with_what_it_does() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout

    assert set(SUMMARIES) == set(main.commands) == {command.name for command in main.commands.values()}
    for name, summary in SUMMARIES.items():
        assert f"  {name:<8}  {summary}\n" in shown


def test_a_command_that_does_not_exist_is_told_with_the_nearest_one() -> None:
    result = CliRunner().invoke(main, ["biuld"])

    assert result.exit_code == 2
    assert "build" in result.stderr


def test_a_bar_on_a_terminal_is_in_the_language_of_the_findings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")

    done = list(Bars("fr").track("ab", say("Reading {file}", file="a[b].csv"), 2))

    assert done == ["a", "b"]
    shown = capsys.readouterr().err
    assert "Lecture de a[b].csv" in shown
    assert "2 sur 2" in shown
