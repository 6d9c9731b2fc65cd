"""Alphabets: the letters beyond ASCII with which a language is written (``alphabets.csv``)."""

import csv
from functools import cache
from importlib.resources import files


@cache
def alphabet(language: str) -> frozenset[str]:
    """Return the letters of a language beyond ASCII, small and capital; none where they are not listed."""
    letters = _alphabets().get(language, "")
    return frozenset(letters + letters.upper())


@cache
def _alphabets() -> dict[str, str]:
    table = files(__package__).joinpath("alphabets.csv").read_text(encoding="utf-8")
    return {row["language"]: row["letters"] for row in csv.DictReader(table.splitlines())}
