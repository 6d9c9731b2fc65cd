"""Options that several commands share."""

import os
from pathlib import Path

import click

DEFAULT_OUTPUT = Path("data/published")

sources = click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path)
)

release_folder = click.argument(
    "folder", default=DEFAULT_OUTPUT, metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path)
)

jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help="Processes that validate at the same time.",
)
