"""Alphabets: the letters beyond ASCII with which a language is written (``alphabets.csv``)."""

from functools import cache

from pipeline.system.data_files import rows_of


@cache
def alphabet(language: str) -> frozenset[str]:
    """Return the letters of a language beyond ASCII, small and capital; none where they are not listed."""
    letters = _alphabets().get(language, "")
    return frozenset(letters + letters.upper())


@cache
def _alphabets() -> dict[str, str]:
    return {row["language"]: row["letters"] for row in rows_of(__package__, "alphabets.csv")}
