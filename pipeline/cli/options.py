"""Options that several commands share."""

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click

from pipeline.findings.translation import SPOKEN
from pipeline.model.errors import UsageError

CORRECTIONS = "corrections.csv"
DEFAULT_OUTPUT = Path("data/published")

setting = partial(click.option, show_default=True)
"""An option with a default."""

releases = setting(
    "--release",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_OUTPUT,
    help="Folder of the releases, as build's --output.",
)

sources = click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path)
)

release_folder = click.argument(
    "folder", default=DEFAULT_OUTPUT, metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path)
)

corrections = click.option(
    "--corrections",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Corrections to apply. Without it: corrections.csv beside the sources, beside practicegraph.toml, or in "
    f"this folder ({os.devnull} applies none).",
)

own_texts = click.option(
    "--own-texts",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A source whose texts are your own, under the dataset's licence; may be given for several. Other texts "
    "are the Council of Europe's.",
)

spark_master = setting(
    "--spark-master",
    default="local[*]",
    help="Master of the cluster for --engine spark and for addresses, such as spark://host:7077.",
)

jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: min(64, len(os.sched_getaffinity(0))),
    show_default="one for each core",
    help="Number of processes that work on the records in parallel.",
)


LANGUAGE = "practicegraph.language"
"""The key of the language in what the contexts of a command share, for errors that are reported above it."""


def _remember_language(ctx: click.Context, _: click.Parameter, value: str) -> str:
    ctx.meta[LANGUAGE] = value
    return value


language = click.option(
    "--lang",
    callback=_remember_language,
    type=click.Choice(list(SPOKEN)),
    default="en",
    show_default=True,
    help="Language of the findings.",
)


profiles = click.option(
    "--profiles",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of shapes to check data by, NAME/VERSION/*.ttl.",
)


def find_corrections(ctx: click.Context, stated: Path | None, sources: Iterable[Path]) -> Path | None:
    """Return the corrections file that is stated (the null device for none), else the one beside the sources.

    Without that, it is the one beside the configuration. Raises UsageError where there are several beside sources.
    """
    if stated is not None:
        return stated if str(stated) != os.devnull else None
    config = ctx.find_root().params.get("config")
    here = config.parent if isinstance(config, Path) else Path()
    beside = [folder for source in sources for folder in (source, source.parent)]
    files_beside = {path.resolve(): path for folder in beside if (path := folder / CORRECTIONS).is_file()}
    if len(files_beside) > 1:
        raise UsageError(
            f"Several sources have corrections beside them: {', '.join(map(str, files_beside.values()))}. "
            "Put their lines into one file and name it with --corrections."
        )
    return next(iter(files_beside.values()), here / CORRECTIONS if (here / CORRECTIONS).is_file() else None)
