"""The commands, each loaded when it is used, so that ``--version``, ``--help`` and every other command start fast."""

from collections import UserDict
from importlib import import_module
from typing import Any

SUMMARIES = {
    "build": "Build a release from source files.",
    "check": "Check the vocabulary, and what is missing before you publish.",
    "diff": "Compare two releases or sources.",
    "export": "Write the website as files for any web host.",
    "mcp": "Let assistants use the data (MCP).",
    "publish": "Load the current release into a SPARQL store.",
    "query": "Run a SPARQL query.",
    "rollback": "Go back to an older release.",
    "serve": "Serve the website and the SPARQL endpoint.",
    "template": "Write an empty table for practices.",
    "validate": "List the problems in source files.",
    "verify": "Check the files of all releases for damage.",
}
"""What each command does, for the list of commands; its own help says more."""


class LazyCommands(UserDict[str, Any]):
    """Commands by name, each loaded from its module when it is asked for."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(SUMMARIES))

    def __getitem__(self, name: str) -> Any:
        command = super().__getitem__(name)
        if command is None:
            module = "release_commands" if name in ("rollback", "verify") else f"{name}_command"
            command = self[name] = getattr(import_module(f"pipeline.cli.{module}"), name)
        return command
