"""Reading a graph: any RDF file as N-Triples, read in a limited child, with the places of its subjects."""

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from pipeline.model.errors import SourceError
from pipeline.model.finding import Place
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.shapes_check.graph_positions import NOT_KNOWN, Graph, Part
from pipeline.sources.files.archive import blocks, open_archive
from pipeline.sources.files.opening import survey
from pipeline.sources.structured.json_text import MOST_BYTES, decode_json, not_json
from pipeline.sources.structured.jsonld_input import localise, pointers
from pipeline.sources.structured.positions import NOWHERE, LineIndex
from pipeline.sources.structured.rdf_source import FORMATS, quads_in, refuse_long_values, scan
from pipeline.system.limited_child import ChildLimits, run_limited

_BASE = DEFAULT_BASE + "/"
_JSON_LD = (".jsonld", ".json")
_ANONYMOUS = re.compile(r"[0-9a-f]{25,32}")
_LIKE_OURS = re.compile(r"anon\d")

SUFFIXES = (*FORMATS, *_JSON_LD)
"""Kinds of files that can be read as a graph."""

Term = NamedNode | BlankNode | Literal | Triple


def read_graph(files: Sequence[tuple[Path, str]], folder: Path) -> Graph:
    """Return the union of files, each with the name that places call it; named graphs count as one.

    What is made on the way is left in ``folder``. Raises SourceError for what cannot be read.
    """
    numbers: dict[Quad, int] = {}
    places: dict[str, Place] = {}
    parts: list[Part] = []
    prefixes: dict[str, str] = {}
    single = list(_unpack(files, folder))
    for number, (path, name) in enumerate(single):
        target = folder / f"graph-{len(list(folder.iterdir()))}.nt"
        prefix = f"f{number + 1}-" if len(single) > 1 else ""
        for term, line, character, pointer in _convert(path, name, target, prefix):
            places.setdefault(term, Place(name, line=line, column=character, pointer=pointer))
        first = sum(part.count for part in parts)
        count = 0
        with refuse_long_values(name):
            for count, triple in enumerate(parse(path=target, format=RdfFormat.N_TRIPLES), 1):
                numbers.setdefault(triple, first + count - 1)
        parts.append(Part(name, count, array("I", _spots_file(target).read_bytes())))
        if _prefixes_file(target).exists():
            prefixes |= json.loads(_prefixes_file(target).read_text(encoding="utf-8"))
    return Graph(numbers, places, parts, prefixes=prefixes)


def _unpack(files: Iterable[tuple[Path, str]], folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield files as they are, and of a ZIP archive those in it with RDF."""
    for path, name in files:
        if path.suffix.lower() != ".zip":
            yield path, name
            continue
        with open_archive(path, name) as archive:
            members = [each for each in archive.infolist() if _is_rdf(each.filename)]
            for number, member in enumerate(members):
                target = folder / f"{path.stem}-{number}{PurePosixPath(member.filename).suffix.lower()}"
                with target.open("wb") as file:
                    file.writelines(blocks(archive, member, name))
                yield target, f"{name}/{member.filename}"
        if not members:
            raise SourceError(
                f"{name} holds no file of RDF. Put Turtle, N-Triples, JSON-LD or RDF/XML in it."
            )


def _is_rdf(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and "__MACOSX" not in path.parts


def _convert(
    path: Path, name: str, target: Path, prefix: str
) -> Iterator[tuple[str, int | None, int | None, str | None]]:
    """Write a file as N-Triples; yield its subjects with line and character, or pointer."""
    if path.suffix.lower() not in SUFFIXES:
        raise SourceError(
            f"{name} is no RDF, as a graph or shapes must be. Give Turtle, N-Triples, TriG, JSON-LD or RDF/XML."
        )
    limits = ChildLimits.for_bytes(survey(path, name).size)
    yield from run_limited(write_triples, (str(path), name, str(target), prefix), limits, name)


def write_triples(path: str, name: str, target: str, prefix: str) -> Iterator[list[Any]]:
    """Write an RDF file as N-Triples, and yield subjects with line and character, or pointer; called in the child.

    Beside it, line and character of each triple are written, as far as they are known.
    """
    source = Path(path)
    if source.stat().st_size > MOST_BYTES:
        raise SourceError(f"{name} has more than {MOST_BYTES >> 20} MB. Split it.")
    names = _Names(prefix)
    content = source.read_bytes()
    subjects: Iterator[list[Any]]
    if source.suffix.lower() in _JSON_LD:
        document, pointed = _json_ld(content, name)
        prefixes: dict[str, str] = {}
        _write(map(names.rename, quads_in(document, RdfFormat.JSON_LD, name, prefixes)), Path(target))
        _spots_file(Path(target)).touch()
        _prefixes_file(Path(target)).write_text(json.dumps(prefixes), encoding="utf-8")
        subjects = ([names.term_of(subject), None, None, at] for subject, at in pointed)
    else:
        subjects = _write_located(content, FORMATS[source.suffix.lower()], name, Path(target), names)
    yield from subjects


def _write_located(
    content: bytes, chosen: RdfFormat, name: str, target: Path, names: "_Names"
) -> Iterator[list[Any]]:
    """Write triples, and beside them where they stand; return the subjects, with the best that is known of them."""
    offsets, content = scan(content, chosen, name)
    lines = LineIndex(content)
    spots = array("I")
    starts: dict[str, int] = {}
    prefixes: dict[str, str] = {}

    def triples() -> Iterator[Triple]:
        for statement, start, at in offsets.locate(quads_in(content, chosen, name, prefixes)):
            triple = names.rename(statement)
            starts.setdefault(str(triple.subject), start)
            spots.extend(lines.spot(at) if at != NOWHERE else (NOT_KNOWN, NOT_KNOWN))
            yield triple

    _write(triples(), target)
    _spots_file(target).write_bytes(spots.tobytes() if offsets.is_exact else b"")
    _prefixes_file(target).write_text(json.dumps(prefixes), encoding="utf-8")
    if not offsets.is_exact:
        starts = {names.term_of(subject): at for subject, at in offsets.starts.items()}
    return ([term, *lines.spot(at), None] for term, at in starts.items() if at != NOWHERE)


def _write(triples: Iterable[Triple], target: Path) -> None:
    with target.open("wb") as file:
        serialize(triples, file, RdfFormat.N_TRIPLES)


def _spots_file(target: Path) -> Path:
    return target.with_suffix(".spots")


def _prefixes_file(target: Path) -> Path:
    return target.with_suffix(".prefixes")


def _json_ld(content: bytes, name: str) -> tuple[bytes, Iterator[tuple[str, str]]]:
    try:
        value = json.loads(decode_json(content, name))
    except json.JSONDecodeError as error:
        raise not_json(name, error) from error
    document, _ = localise(value, name)
    places = pointers(value).items()
    return json.dumps(document).encode(), ((_subject(iri), at) for iri, at in places)


def _subject(iri: str) -> str:
    """Return an IRI in full, or the label of a blank node."""
    return iri if iri.startswith("_:") else urljoin(_BASE, iri)


class _Names:
    """Names of blank nodes that are the same at each reading, and of no other file."""

    def __init__(self, prefix: str) -> None:
        self.labels: set[str] = set()
        self._prefix = prefix
        self._anonymous: dict[str, str] = {}
        self._numbers = count(1)

    def rename(self, quad: Quad | Triple) -> Triple:
        """Return the triple of a quad with the names of its blank nodes."""
        return Triple(self._term(quad.subject), quad.predicate, self._term(quad.object))

    def term_of(self, subject: str) -> str:
        """Return a subject of the file as a term in N-Triples."""
        label = subject.removeprefix("_:")
        return self.label(label) if label in self.labels else f"<{subject}>"

    def label(self, label: str) -> str:
        """Return what a blank node is called in N-Triples; the parser's own names are random."""
        if _ANONYMOUS.fullmatch(label):
            if label not in self._anonymous:
                self._anonymous[label] = f"_:{self._prefix}anon{next(self._numbers)}"
            return self._anonymous[label]
        own = f"{label}x" if _LIKE_OURS.match(label) else label
        self.labels.add(label)
        return f"_:{self._prefix}{own}"

    def _term(self, term: Any) -> Any:
        if isinstance(term, BlankNode):
            return BlankNode(self.label(term.value)[2:])
        return self.rename(term) if isinstance(term, Triple) else term
