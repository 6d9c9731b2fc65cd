"""What the command line shows while a step runs: a bar on a terminal, nothing in a pipe."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

from pipeline.findings.messages import say
from pipeline.findings.translation import in_language
from pipeline.system.progress import Progress

Item = TypeVar("Item")
_FEW, _EVERY = 10_000, 200
"""Up to so many items the bar moves with each, then with every so many."""


class PlainProgress(Progress):
    """No bars; sentences as lines on stderr."""

    def __init__(self, language: str) -> None:
        self._language = language

    def note(self, sentence: str) -> None:
        """Print a sentence."""
        click.echo(in_language(sentence, self._language), err=True)


class Bars(PlainProgress):
    """Progress bars on stderr that vanish when their step is done."""

    def track(self, items: Iterable[Item], step: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items, moving the bar."""
        from rich.console import Console  # slow to load, and of no use in a pipe
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        name, count = (
            TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[count]}")
        )
        columns = (name, BarColumn(), count, TimeElapsedColumn())
        every = 1 if total is not None and total <= _FEW else _EVERY
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(in_language(step, self._language), total=total, count=self._count(0, total))
            for done, item in enumerate(items, 1):
                yield item
                if done % every == 0:
                    bars.update(task, completed=done, count=self._count(done, total))

    def _count(self, done: int, total: int | None) -> str:
        """Return how many items are done, of how many; nothing for a step that is not counted."""
        if total is None and not done:
            return ""
        counted = (
            say("{done}", done=done) if total is None else say("{done} of {total}", done=done, total=total)
        )
        return in_language(counted, self._language)


def progress(language: str = "en") -> Progress:
    """Return bars when stderr is a terminal, else lines; sentences are in a language."""
    return Bars(language) if sys.stderr.isatty() else PlainProgress(language)
