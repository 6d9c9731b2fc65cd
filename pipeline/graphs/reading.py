"""Reading a graph: any RDF file as N-Triples, read in a limited child, with the places of its subjects."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from pipeline.errors import SourceError
from pipeline.findings import Place
from pipeline.iris import DEFAULT_BASE
from pipeline.limited import Limits, run_limited
from pipeline.readers.archive import blocks, opened_archive
from pipeline.readers.jsonld import localised, pointers
from pipeline.readers.jsons import MOST_BYTES, decoded, not_json
from pipeline.readers.opening import survey
from pipeline.readers.rdf import FORMATS, quads_in, scanned
from pipeline.readers.spots import Lines

_BASE = DEFAULT_BASE + "/"
_JSON_LD = (".jsonld", ".json")
_ANONYMOUS = re.compile(r"[0-9a-f]{25,32}")
_LIKE_OURS = re.compile(r"anon\d")

SUFFIXES = (*FORMATS, *_JSON_LD)
"""Kinds of files that can be read as a graph."""

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Graph:
    """The triples of some files, and where each subject (in N-Triples) is first described."""

    triples: tuple[Quad, ...]
    places: Mapping[str, Place]


def read_graph(files: Sequence[tuple[Path, str]], folder: Path) -> Graph:
    """Return the union of files, each with the name that places call it; named graphs count as one.

    What is made on the way is left in ``folder``. Raises SourceError for what cannot be read.
    """
    triples: list[Quad] = []
    places: dict[str, Place] = {}
    single = list(_unpacked(files, folder))
    for number, (path, name) in enumerate(single):
        target = folder / f"graph-{len(list(folder.iterdir()))}.nt"
        prefix = f"f{number + 1}-" if len(single) > 1 else ""
        for term, line, pointer in _converted(path, name, target, prefix):
            places.setdefault(term, Place(name, line=line, pointer=pointer))
        triples.extend(parse(path=target, format=RdfFormat.N_TRIPLES))
    return Graph(tuple(dict.fromkeys(triples)), places)


def _unpacked(files: Iterable[tuple[Path, str]], folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield files as they are, and of a ZIP archive those in it that hold RDF."""
    for path, name in files:
        if path.suffix.lower() != ".zip":
            yield path, name
            continue
        with opened_archive(path, name) as archive:
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


def _converted(
    path: Path, name: str, target: Path, prefix: str
) -> Iterator[tuple[str, int | None, str | None]]:
    """Write a file as N-Triples; yield its subjects with line or pointer."""
    if path.suffix.lower() not in SUFFIXES:
        raise SourceError(
            f"{name} is no RDF, to which alone such shapes can be applied. "
            "Give Turtle, N-Triples, TriG, JSON-LD or RDF/XML, or leave out the shapes."
        )
    limits = Limits.for_bytes(survey(path, name).size)
    yield from run_limited(write_triples, (str(path), name, str(target), prefix), limits, name)


def write_triples(path: str, name: str, target: str, prefix: str) -> Iterator[list[Any]]:
    """Write an RDF file as N-Triples, and yield subjects with line or pointer; called in the child."""
    source = Path(path)
    if source.stat().st_size > MOST_BYTES:
        raise SourceError(f"{name} has more than {MOST_BYTES >> 20} MB. Split it.")
    names = _Names(prefix)
    suffix = source.suffix.lower()
    content = source.read_bytes()
    if suffix in _JSON_LD:
        document, subjects = _json_ld(content, name)
        quads = quads_in(document, RdfFormat.JSON_LD, name)
    else:
        chosen = FORMATS[suffix]
        offsets, content = scanned(content, chosen, name)
        lines = Lines(content)
        subjects = ([iri, lines.spot(at).line, None] for iri, at in offsets.starts.items())
        quads = quads_in(content, chosen, name)
    with Path(target).open("wb") as file:
        serialize((names.renamed(quad) for quad in quads), file, RdfFormat.N_TRIPLES)
    for subject, line, pointer in subjects:
        label = subject.removeprefix("_:")
        yield [names.label(label) if label in names.labels else f"<{subject}>", line, pointer]


def _json_ld(content: bytes, name: str) -> tuple[bytes, Iterator[list[Any]]]:
    try:
        value = json.loads(decoded(content, name))
    except json.JSONDecodeError as error:
        raise not_json(name, error) from error
    document, _ = localised(value, name)
    places = pointers(value).items()
    return json.dumps(document).encode(), ([_subject(iri), None, at] for iri, at in places)


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

    def renamed(self, quad: Quad | Triple) -> Triple:
        """Return the triple of a quad with the names of its blank nodes."""
        return Triple(self._term(quad.subject), quad.predicate, self._term(quad.object))

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
        return self.renamed(term) if isinstance(term, Triple) else term
