"""Hints with the full command to type: the one that was given, with other sources or further options."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

import click
from click.core import ParameterSource


def command_line(
    ctx: click.Context,
    sources: Sequence[object],
    *,
    command: str = "",
    more: Sequence[object] = (),
    without: Iterable[str] = (),
) -> str:
    """Return the command line that was typed, quoted for a shell, for other sources or as another command.

    The options that are named in ``without`` are left out.
    """
    typed = (*_options(ctx.find_root()), command or str(ctx.command.name))
    parts = (*typed, *sources, *_options(ctx, frozenset(without)), *more)
    return shlex.join(("practicegraph", *map(str, parts)))


def _options(ctx: click.Context, without: frozenset[str] = frozenset()) -> Iterator[object]:
    """Yield the options that were typed, as they may be typed again."""
    for option in ctx.command.params:
        if not isinstance(option, click.Option) or option.is_eager:
            continue
        typed = ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
        if not typed or option.name in without:
            continue
        value, name = ctx.params[option.name], max(option.opts, key=len)
        if option.is_flag:
            yield from [name] if value else []
        elif option.multiple:
            yield from (part for each in value for part in (name, each))
        else:
            yield from (name, value)
