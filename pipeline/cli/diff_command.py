"""``practicegraph diff``: what became of the records between two releases, two sources, or one of each."""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click

from pipeline.cli import options
from pipeline.cli.console import progress
from pipeline.compare.comparison import RecordChange, compare
from pipeline.compare.inputs import Side, find_release, read_release
from pipeline.compare.render import write_json, write_text
from pipeline.compare.source_records import SourceReading, source_side
from pipeline.model.text_selection import TextPolicy

Writer = Callable[[Side, Side, Iterable[RecordChange], TextIO], int]

_WRITERS: dict[str, Writer] = {"text": write_text, "json": write_json}


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--format", "form", type=click.Choice(list(_WRITERS)), default="text", show_default=True)
@click.option(
    "--release",
    "output",
    type=click.Path(file_okay=False, path_type=Path),
    default=options.DEFAULT_OUTPUT,
    show_default=True,
    help="Folder of the releases that A and B may name by their versions.",
)
@click.option(
    "--text",
    type=click.Choice([policy.value for policy in TextPolicy]),
    default=TextPolicy.EXCERPT.value,
    show_default=True,
    help="How much of the texts of a source a build would publish; state what the release was built with.",
)
@options.own_texts
@options.corrections
@click.pass_context
def diff(
    ctx: click.Context,
    before: str,
    after: str,
    form: str,
    output: Path,
    text: str,
    own_texts: tuple[Path, ...],
    corrections: Path | None,
) -> None:
    """Tell which records were added, changed, withdrawn or merged from A to B.

    A and B are folders of releases, releases, versions, or sources as “build” takes them. Of a source its
    records are compared as they are read: whether a build would withhold some, “build --dry-run” tells.

    \b
    Exit codes: 0 no difference, 1 there are differences, 2 usage, 3 the environment.

    \b
    Example:
      practicegraph diff published practices.csv
      practicegraph diff 3f9a0c1d2e4b5a67 published --format json
    """
    applied = options.find_corrections(ctx, corrections)
    first, second = find_release(before, output), find_release(after, output)
    with ExitStack() as stack:

        def source(path: str, other: Side | None) -> Side:
            reading = SourceReading(TextPolicy(text), own_texts, applied)
            return stack.enter_context(source_side(Path(path), other, reading, progress()))

        known = read_release(second) if second is not None else None
        left = read_release(first) if first is not None else source(before, known)
        right = known if known is not None else source(after, left)
        found = _WRITERS[form](left, right, compare(left, right), sys.stdout)
    ctx.exit(1 if found else 0)
