"""The command ``practicegraph``: configuration, version, and errors as one sentence and an exit code."""

import sys
from collections import UserDict
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from pipeline import __version__
from pipeline.cli.options import LANGUAGE
from pipeline.model.errors import PracticegraphError
from pipeline.system.config import DATASET, ENVIRONMENT_PREFIX, find_config, load_config
from pipeline.system.termination import unwound_by_signals

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
    """Commands by name, each loaded from its module when it is asked for: every other one starts fast."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(SUMMARIES))

    def __getitem__(self, name: str) -> Any:
        command = super().__getitem__(name)
        if command is None:
            module = "release_commands" if name in ("rollback", "verify") else f"{name}_command"
            command = self[name] = getattr(import_module(f"pipeline.cli.{module}"), name)
        return command


class Practicegraph(click.Group):
    """Turns our errors into a sentence on stderr and their exit code, for every command alike."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            with unwound_by_signals():
                return super().invoke(ctx)
        except PracticegraphError as error:
            from pipeline.findings.translation import in_language  # loads tables, which few runs need

            message = in_language(error.sentence, ctx.meta.get(LANGUAGE, "en"))
            click.echo(f"practicegraph: {message}", err=True)
            ctx.exit(error.exit_code)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in self.list_commands(ctx)])


@click.group(
    cls=Practicegraph,
    commands=LazyCommands(),
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": ENVIRONMENT_PREFIX},
    epilog="Every option may also stand in practicegraph.toml, below [build], [serve] …, or in the environment, "
    "as PRACTICEGRAPH_BUILD_OUTPUT.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Configuration file. The default is practicegraph.toml in this folder, if there is one.",
)
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Publish practice records as validated, queryable, crawlable linked data.

    \b
    Example:
      practicegraph build practices.csv --output published
      practicegraph serve --release published
    """
    path = config or find_config(Path.cwd())
    if path is None:
        ctx.obj = {}
        return
    loaded = load_config(path, main)
    ctx.obj = {DATASET: loaded.pop(DATASET, {})}
    ctx.default_map = loaded
