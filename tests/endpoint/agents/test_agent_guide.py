"""What people and language models read about the tools: docs/agents.md and /llms.txt."""

import json
import re
import shlex
from concurrent.futures import ThreadPoolExecutor

import anyio
import click
import locations
from running import Running

from endpoint.agents.agent_server import agent_server
from endpoint.agents.site_client import SiteClient
from pipeline.cli import main

GUIDE = (locations.ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
BASE = "http://localhost:8000"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_guide_can_be_run() -> None:
    settings = [
        server
        for block in map(json.loads, blocks("json"))
        for group in block.values()
        for server in group.values()
    ]
    commands = [[each["command"], *each["args"]] for each in settings]
    lines = "\n".join(blocks("bash")).splitlines()
    commands += [
        shlex.split(line.partition(" -- ")[2] or line) for line in lines if "practicegraph mcp" in line
    ]

    assert len(commands) > 4
    for program, name, *arguments in commands:
        assert program == "practicegraph"
        command = main.commands[name]
        assert isinstance(command, click.Command)
        command.make_context(name, arguments, resilient_parsing=False)


def test_every_option_of_the_guide_is_there() -> None:
    options = {option for parameter in main.commands["mcp"].params for option in parameter.opts}

    assert set(re.findall(r"`(--[a-z-]+)", GUIDE)) <= options


async def _tools() -> set[str]:
    return {tool.name for tool in await agent_server(SiteClient(BASE)).list_tools()}


def test_the_guide_lists_the_tools() -> None:
    with ThreadPoolExecutor(1) as thread:  # the browser of other tests has an event loop in this one
        tools = thread.submit(anyio.run, _tools).result()
    assert set(re.findall(r"^\| `([a-z_]+)` \|", GUIDE, re.MULTILINE)) == tools


def test_the_programs_of_the_guide_can_be_compiled() -> None:
    for block in blocks("python"):
        compile(block, "docs/agents.md", "exec")


def test_llms_txt_has_its_form_and_every_link_opens(server: Running) -> None:
    reply = server.send("GET", "/llms.txt")
    title, _, rest = reply.text.partition("\n")
    links = re.findall(r"^- \[|\]\(([^)]+)\)", rest, re.MULTILINE)
    addresses = [link for link in links if link]

    assert reply.type.startswith("text/plain")
    assert title.startswith("# ")
    assert rest.strip().startswith("> ")
    assert f"practicegraph mcp --endpoint {BASE}" in rest
    assert len(addresses) > 10
    for address in addresses:
        assert address.startswith(f"{BASE}/")
        assert server.send("GET", address.removeprefix(BASE)).status == 200, address
