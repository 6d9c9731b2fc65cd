"""``practicegraph serve``: the site and the SPARQL endpoint over the current release."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.cli import credentials, options
from pipeline.cli.credentials import Command
from pipeline.exchange.access import NOBODY
from pipeline.system.data_files import tables_of

_KINDS: "dict[str, Callable[[Any], click.ParamType[Any]]]" = {
    "whole": lambda limits: click.IntRange(*limits),
    "number": lambda limits: click.FloatRange(*limits),
    "path": lambda kind: (
        click.Path(dir_okay=False) if kind == "file" else click.Path(file_okay=False, path_type=Path)
    ),
}
"""How the table says what an option takes → the type of it."""


def _options_of(table: str) -> Callable[[Command], Command]:
    """Return what adds the options in a table of serve_options.toml to a command."""

    def add(command: Command) -> Command:
        for name, listed in reversed(tables_of(__package__, "serve_options.toml")[table].items()):
            field = [listed.pop("field")] if "field" in listed else []
            kind = next((_KINDS[each](listed.pop(each)) for each in _KINDS if each in listed), None)
            command = options.setting(f"--{name}", *field, type=kind, **listed)(command)
        return command

    return add


@click.command()
@options.releases
@_options_of("server")
@options.profiles
@_options_of("checks")
@credentials.options
def serve(access_log: str | None, user: str, password_file: Path | None, **settings: object) -> None:
    """Serve the current release: pages, linked data, /sparql. A new release is picked up as it is built.

    \b
    Example:
      practicegraph serve --release published --port 8000
    """
    from endpoint.server.serve import ServerSettings  # the web side is loaded only to serve
    from endpoint.server.serve import serve as serve_release

    if access_log is None and not sys.stdout.isatty():
        access_log = "-"
    log = None if access_log == "none" else access_log
    who = credentials.find(user, password_file) if settings["store"] else NOBODY
    serve_release(ServerSettings(**settings, access_log=log, credentials=who))  # type: ignore[arg-type]  # click gives each option its field's type
