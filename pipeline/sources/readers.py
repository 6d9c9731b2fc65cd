"""The readers by the suffixes of files, and the source in a file, folder, archive or pattern."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.model.errors import SourceError
from pipeline.sources.files.opening import printable_name
from pipeline.sources.files.sandboxed_source import ParsedSource
from pipeline.sources.files.source import Source
from pipeline.sources.folder import is_folder, is_pattern, open_folder, open_pattern, open_zip
from pipeline.sources.pages import open_page, open_text
from pipeline.sources.row_preparation import ReadySource
from pipeline.sources.tables.delimited import DelimitedSource
from pipeline.sources.tables.workbooks import open_workbook, open_xml

_JSON = partial(ParsedSource, parser="pipeline.sources.structured.json_source")
_RDF = partial(ParsedSource, parser="pipeline.sources.structured.rdf_source")

READERS: dict[str, Callable[[Path, str], Source]] = {
    ".csv": DelimitedSource,
    ".tsv": DelimitedSource,
    ".tab": DelimitedSource,
    ".txt": open_text,
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), open_workbook),
    **dict.fromkeys((".json", ".geojson", ".jsonl", ".ndjson"), _JSON),
    **dict.fromkeys((".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".owl"), _RDF),
    ".xml": open_xml,
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mht", ".mhtml", ".pdf"), open_page),
}
"""What reads a file, by the suffix of its name."""

_ONLY_BY_NAME = (".xml", ".pdf", ".mht", ".mhtml")
"""Kinds that are read when named, and not for lying in a folder, where they are mostly something else."""

_IN_ARCHIVES = tuple(suffix for suffix in READERS if suffix not in _ONLY_BY_NAME)
_IN_FOLDERS = (*_IN_ARCHIVES, ".zip")


def read_source(path: Path, name: str = "") -> Source:
    """Return the source in ``path``, a file, a folder, an archive or a pattern, ready to give its rows.

    ``name`` is what places and reports call it; without one the file's own name serves.
    """
    display_name = printable_name(name or path.name or str(path))
    if is_folder(path):
        return open_folder(path, display_name, read_source, _IN_FOLDERS)
    if is_pattern(path):
        return open_pattern(path, display_name, read_source, _IN_FOLDERS)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return open_zip(path, display_name, read_source, _IN_ARCHIVES)
    if suffix not in READERS:
        known = ", ".join((*READERS, ".zip"))
        raise SourceError(f"{display_name} is of no kind known here ({known}). Save the table as CSV.")
    return ReadySource(READERS[suffix](path, display_name))
