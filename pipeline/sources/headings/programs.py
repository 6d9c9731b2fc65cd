"""Programs: what headings mean in the exports of one program, recognised by their other headings (``programs.csv``)."""

import csv
from collections.abc import Mapping, Set
from functools import cache
from importlib.resources import files

from pipeline.sources.headings.heading_table import Meaning, fold_header, meaning_of

_MARKER = "marker"

Meanings = Mapping[str, Meaning | None]
"""Folded heading → what it means, None for what says nothing of a record."""


def meanings_by_program(headings: Set[str]) -> Meanings:
    """Return what folded headings mean to the programs that wrote these."""
    known: dict[str, Meaning | None] = {}
    for markers, meanings in _programs():
        if not markers.isdisjoint(headings):
            known.update(meanings)
    return known


@cache
def _programs() -> tuple[tuple[Set[str], Meanings], ...]:
    """Return of each program the headings that mark its exports, and what headings mean there."""
    table = files(__package__).joinpath("programs.csv").read_text(encoding="utf-8")
    programs: dict[str, tuple[set[str], dict[str, Meaning | None]]] = {}
    for row in csv.DictReader(table.splitlines()):
        markers, meanings = programs.setdefault(row["program"], (set(), {}))
        names, says = map(fold_header, row["headings"].split("|")), row["says"]
        if says == _MARKER:
            markers.update(names)
        else:
            meanings.update((name, meaning_of(says, 1) if says else None) for name in names)
    return tuple(programs.values())
