"""Progress: how long work says how far it is; the command line shows it, libraries and tests need not."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


class Progress:
    """Takes the progress of steps and shows nothing; subclasses show it."""

    def track(self, items: Iterable[Item], step: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items, showing under the step's name how many have passed of how many."""
        yield from items

    def note(self, sentence: str) -> None:
        """Show one sentence about what is going on."""


@contextmanager
def show_step(progress: Progress, step: str) -> Iterator[None]:
    """Show the name of a step that cannot be counted, until the context is left."""
    items = progress.track((None,), step)
    next(iter(items), None)
    try:
        yield
    finally:
        for _ in items:
            pass
