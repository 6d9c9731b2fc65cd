import re

import click
import locations

from pipeline.cli import main
from tests.running import Running

RUNBOOK = (locations.ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
OTHERS = {"--delete", "--request"}


def test_every_metric_of_the_runbook_is_counted(server: Running) -> None:
    counted = set(re.findall(r"^(practicegraph_[a-z_]+)", server.send("GET", "/metrics").text, re.MULTILINE))
    named = set(re.findall(r"\b(practicegraph_[a-z_]+)", RUNBOOK))

    assert len(named) > 10
    assert named - counted == set()


def test_every_label_of_the_runbook_is_one(server: Running) -> None:
    text = server.send("GET", "/metrics").text
    named = re.findall(r'([a-z]+)="([a-z0-9-]+)"', RUNBOOK)

    assert [pair for pair in named if pair[0] != "job" and f'{pair[0]}="{pair[1]}"' not in text] == []


def test_every_command_and_option_of_the_runbook_is_there() -> None:
    commands = set(re.findall(r"practicegraph (serve|build|verify|rollback|[a-z]+) [/s-]", RUNBOOK))
    options = {
        option
        for command in main.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }

    assert commands <= set(main.commands)
    assert {"serve", "verify", "rollback", "build"} <= commands
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", RUNBOOK)) - options - OTHERS == set()


def test_the_readiness_of_the_runbook_is_what_comes(server: Running) -> None:
    shown = re.search(r"curl -s localhost:8000/readyz\n(\{.*?\n\})", RUNBOOK, re.DOTALL)
    assert shown

    assert list(server.send("GET", "/readyz").json()) == re.findall(r'^ "([a-z]+)":', shown[1], re.MULTILINE)
