"""``practicegraph diff``: what became of the records between two releases, two sets of sources, or one of each."""

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click

from pipeline.cli import options
from pipeline.cli.console import progress
from pipeline.compare.comparison import RecordChange, Side, compare, find_release, read_release
from pipeline.compare.render import write_json, write_text
from pipeline.compare.source_records import SourceReading, source_side
from pipeline.model.errors import UsageError
from pipeline.model.text_selection import TextPolicy

Writer = Callable[[Side, Side, Iterable[RecordChange], TextIO], int]

_WRITERS: dict[str, Writer] = {"text": write_text, "json": write_json}
_SIDES = ("--old", "--new")


class _TwoSides(click.Command):
    """Takes any number of sources after ``--old`` and ``--new``, up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each of its sources, as click wants it."""
        side, repeated = "", list[str]()
        for arg in args:
            if arg in _SIDES or arg.startswith("-"):
                side = arg if arg in _SIDES else ""
                repeated += [] if side else [arg]
            else:
                repeated += [side, arg] if side else [arg]
        return super().parse_args(ctx, repeated)


@click.command(cls=_TwoSides)
@click.argument("sides", nargs=-1, metavar="[A B...]")
@click.option("--old", multiple=True, metavar="A...", help="What to compare from, instead of A.")
@click.option("--new", multiple=True, metavar="B...", help="What to compare to, instead of B.")
@click.option("--format", "form", type=click.Choice(list(_WRITERS)), default="text", show_default=True)
@options.setting(
    "--release",
    "output",
    type=click.Path(file_okay=False, path_type=Path),
    default=options.DEFAULT_OUTPUT,
    help="Folder of the releases that A and B may name by their versions.",
)
@options.setting(
    "--text",
    type=click.Choice([policy.value for policy in TextPolicy]),
    default=TextPolicy.EXCERPT.value,
    help="How much of the texts of a source a build would publish; state what the release was built with.",
)
@options.own_texts
@options.corrections
@click.pass_context
def diff(
    ctx: click.Context,
    sides: tuple[str, ...],
    old: tuple[str, ...],
    new: tuple[str, ...],
    form: str,
    output: Path,
    text: str,
    own_texts: tuple[Path, ...],
    corrections: Path | None,
) -> None:
    """Show which records were added, changed, withdrawn or merged from A to B.

    A and B are folders of releases, releases, versions, or sources as “build” takes them. B may be several
    sources, which are read together. For several sources on both sides use --old and --new. The records of
    sources are compared as they are read: “build --dry-run” shows which ones a build would withhold.

    \b
    Exit codes: 0 no difference, 1 there are differences, 2 usage, 3 the environment.

    \b
    Example:
      practicegraph diff published practices.csv
      practicegraph diff published practices.csv published/quarantine
      practicegraph diff --old spring.csv north.xlsx --new autumn.csv north.xlsx
      practicegraph diff 3f9a0c1d2e4b5a67 published --format json
    """
    before, after = _two_sides(sides, old, new)
    first, second = _release(before, output), _release(after, output)
    with ExitStack() as stack:

        def read(names: Sequence[str], other: Side | None) -> Side:
            paths = [Path(name) for name in names]
            applied = options.find_corrections(ctx, corrections, paths)
            reading = SourceReading(TextPolicy(text), own_texts, applied)
            return stack.enter_context(source_side(paths, other, reading, progress()))

        known = read_release(second) if second is not None else None
        left = read_release(first) if first is not None else read(before, known)
        right = known if known is not None else read(after, left)
        difference_count = _WRITERS[form](left, right, compare(left, right), sys.stdout)
    ctx.exit(1 if difference_count else 0)


def _two_sides(
    sides: Sequence[str], old: Sequence[str], new: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Return what to compare from and to; raise UsageError if a side is missing or stated twice."""
    if old or new:
        before, after = old or sides, new or sides
        twice = bool(old and new and sides)
    else:
        before, after, twice = sides[:1], sides[1:], False
    if not before or not after or twice:
        raise UsageError(
            "Name what to compare: practicegraph diff A B, or practicegraph diff --old A... --new B..."
        )
    return before, after


def _release(names: Sequence[str], output: Path) -> Path | None:
    """Return the release that a side names, None for sources; raise UsageError if there are both in it."""
    candidates = [find_release(name, output) for name in names]
    if len(candidates) > 1 and any(candidates):
        raise UsageError(f"Compare one release at a time, without sources beside it: {', '.join(names)}.")
    return candidates[0]
