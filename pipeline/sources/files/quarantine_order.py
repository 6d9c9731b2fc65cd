"""Numbered files: ``x.quarantine-2.csv``, with rows withheld once more, is read after ``x.quarantine.csv``."""

import re
from collections.abc import Sequence
from pathlib import Path

_WITHHELD = re.compile(r"(?P<stem>.+\.quarantine)(?:-(?P<number>[0-9]{1,9}))?\.csv")


def in_their_order(paths: Sequence[Path]) -> list[Path]:
    """Return the paths as they are, but the files of withheld rows of one source by their numbers.

    Patterns and folders name ``-2`` first, and of two corrections of a row the later one holds.
    """
    ordered = list(paths)
    places: dict[Path, list[int]] = {}
    for position, path in enumerate(paths):
        if match := _WITHHELD.fullmatch(path.name):
            places.setdefault(path.with_name(match["stem"]), []).append(position)
    for positions in places.values():
        by_number = sorted((paths[position] for position in positions), key=_number)
        for position, path in zip(positions, by_number, strict=True):
            ordered[position] = path
    return ordered


def _number(path: Path) -> int:
    match = _WITHHELD.fullmatch(path.name)
    return int(match["number"] or 1) if match else 1
