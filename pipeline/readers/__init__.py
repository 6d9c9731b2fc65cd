"""Readers: a source file in, rows with exact places out."""

from collections.abc import Callable
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.readers.delimited import DelimitedSource
from pipeline.readers.opening import printable_name
from pipeline.readers.pages import PageSource, open_text
from pipeline.readers.source import Source
from pipeline.readers.xlsx import open_workbook

READERS: dict[str, Callable[[Path, str], Source]] = {
    ".csv": DelimitedSource,
    ".tsv": DelimitedSource,
    ".tab": DelimitedSource,
    ".txt": open_text,
    ".xlsx": open_workbook,
    ".xlsm": open_workbook,
    ".xls": open_workbook,
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mht", ".mhtml", ".pdf"), PageSource),
}
"""What reads a file, by the suffix of its name."""


def read_source(path: Path, name: str = "") -> Source:
    """Return the source in ``path``, surveyed and ready to give its rows.

    ``name`` is what places and reports call it; without one the file's own name serves.
    """
    shown = printable_name(name or path.name or str(path))
    reader = READERS.get(path.suffix.lower())
    if reader is None and not path.is_dir():
        known = ", ".join(READERS)
        raise SourceError(f"{shown} is of no kind known here ({known}). Save the table as CSV.")
    return (reader or DelimitedSource)(path, shown)
