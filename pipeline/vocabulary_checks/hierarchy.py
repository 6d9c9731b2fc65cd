"""Questions about hierarchies, asked of pairs from below to above."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


def above(pairs: Iterable[tuple[Thing, Thing]]) -> dict[Thing, set[Thing]]:
    """Return all things above each thing, at any distance; a thing on a cycle is above itself."""
    parents: dict[Thing, set[Thing]] = defaultdict(set)
    for lower, upper in pairs:
        parents[lower].add(upper)
    return {thing: _reached(thing, parents) for thing in tuple(parents)}


def _reached(start: Thing, parents: dict[Thing, set[Thing]]) -> set[Thing]:
    found: set[Thing] = set()
    waiting = list(parents[start])
    while waiting:
        thing = waiting.pop()
        if thing not in found:
            found.add(thing)
            waiting.extend(parents.get(thing, ()))
    return found


def on_cycles(pairs: Iterable[tuple[Thing, Thing]]) -> set[Thing]:
    """Return the things that stand above themselves."""
    return {thing for thing, uppers in above(pairs).items() if thing in uppers}
