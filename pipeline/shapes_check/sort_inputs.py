"""Sorting: which of the given files are RDF, to be judged as they are, and which contain records to be described."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.model.finding import Finding
from pipeline.shapes_check.read_graph import SUFFIXES
from pipeline.sources.files.archive import open_archive
from pipeline.sources.files.opening import survey
from pipeline.sources.folder import FilesSource, is_folder, is_pattern
from pipeline.sources.readers import READERS, read_source
from pipeline.sources.structured.json_text import decode_json, is_json_ld
from pipeline.system.limited_child import ChildLimits, run_limited

_JSON = ".json"
_BESIDE = frozenset((".txt", ".html", ".htm", ".xhtml", ".pdf"))

InputFile = tuple[Path, str]
"""A file, and what places call it."""


@dataclass(slots=True)
class SortedInputs:
    """Files by their content, findings on them, and the archives that files were unpacked from."""

    graphs: list[InputFile] = field(default_factory=list)
    records: list[InputFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    archives: list[FilesSource] = field(default_factory=list)


def sort_files(data: Sequence[InputFile]) -> SortedInputs:
    """Return files by their content, those of folders, patterns and mixed archives one by one.

    Raises SourceError for what cannot be read.
    """
    inputs = SortedInputs()
    for path, name in _single(data, inputs):
        is_graph = _is_graph(path, name)
        (inputs.graphs if is_graph else inputs.records).append((path, name))
    return inputs


def _single(data: Iterable[InputFile], inputs: SortedInputs) -> Iterator[InputFile]:
    for path, name in data:
        if not (is_folder(path) or is_pattern(path) or _is_mixed(path, name)):
            yield path, name
            continue
        source = read_source(path, name)
        assert isinstance(source, FilesSource)
        inputs.archives.append(source)
        inputs.findings += source.findings
        yield from source.files


def _is_mixed(path: Path, name: str) -> bool:
    """Return whether a file is an archive with other data than RDF; texts next to RDF are its documentation."""
    if path.suffix.lower() != ".zip":
        return False
    with open_archive(path, name) as archive:
        suffixes = {PurePosixPath(each).suffix.lower() for each in archive.namelist()}
    has_graphs = not suffixes.isdisjoint(set(SUFFIXES) - {_JSON})
    return not has_graphs or not suffixes.isdisjoint({*READERS, _JSON} - set(SUFFIXES) - _BESIDE | {_JSON})


def _is_graph(path: Path, name: str) -> bool:
    suffix = path.suffix.lower()
    if suffix != _JSON:
        return suffix in SUFFIXES or suffix == ".zip"
    limits = ChildLimits.for_bytes(survey(path, name).size)
    return all(run_limited(detect_json_ld, (str(path), name), limits, name))


def detect_json_ld(path: str, name: str) -> Iterator[bool]:
    """Yield whether a JSON file is JSON-LD; called in the child. What is no JSON at all is left to its reader."""
    try:
        value: Any = json.loads(decode_json(Path(path).read_bytes(), name))
    except json.JSONDecodeError:
        yield False
        return
    heads = value if isinstance(value, list) else [value]
    yield is_json_ld(value) or any(isinstance(each, dict) and "@id" in each for each in heads[:1])
