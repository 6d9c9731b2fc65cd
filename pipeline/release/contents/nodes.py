"""Sorted N-Triples as nodes, each a subject with its predicates and objects; the vocabulary as such lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from pipeline.rdf.labels import add_labels

Pair = tuple[str, str]
Node = tuple[str, list[Pair]]
"""A subject term and its (predicate term, object term) pairs, all as N-Triples writes them, in line order."""

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The vocabulary graph of a release: its version and its N-Triples lines, sorted."""

    version: str
    lines: tuple[str, ...]


def load_vocabulary(paths: Iterable[Path], version: str, extra: str = "") -> Vocabulary:
    """Return the vocabulary of Turtle files, with extra N-Triples lines (countries outside the thirty), and labels."""
    triples = Dataset()
    for path in paths:
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            triples.add(Quad(quad.subject, quad.predicate, quad.object))
    for quad in parse(extra, format=RdfFormat.N_TRIPLES):
        triples.add(Quad(quad.subject, quad.predicate, quad.object))
    add_labels(triples)
    return Vocabulary(version, ntriples_lines(triples))


def ntriples_lines(triples: Dataset) -> tuple[str, ...]:
    """Return a graph's lines, sorted; blank nodes get labels that depend on the graph only (RDFC-1.0)."""
    triples.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    text = serialize((quad.triple for quad in triples), format=RdfFormat.N_TRIPLES)
    assert text is not None
    return tuple(line.decode() for line in sorted(text.splitlines(keepends=True)))


def read_nodes(lines: Iterable[str]) -> Iterator[Node]:
    """Yield the nodes of sorted N-Triples lines, each with its line feed."""
    subject, pairs = "", list[Pair]()
    for line in lines:
        this, predicate, rest = line.split(" ", 2)
        if this != subject:
            if pairs:
                yield subject, pairs
            subject, pairs = this, []
        pairs.append((predicate, rest[:-3]))
    if pairs:
        yield subject, pairs


def pairs_of(lines: Iterable[str]) -> list[Pair]:
    """Return the pairs of a node's lines, which have no line feeds."""
    return [(predicate, rest[:-2]) for _, predicate, rest in [line.split(" ", 2) for line in lines]]


def node_lines(node: Node) -> str:
    """Return the N-Triples lines of a node."""
    subject, pairs = node
    return "".join([f"{subject} {predicate} {value} .\n" for predicate, value in pairs])


def type_first(node: Node) -> Node:
    """Return a node with its types before all else, as people write it."""
    subject, pairs = node
    types = [pair for pair in pairs if pair[0] == RDF_TYPE]
    return subject, types + [pair for pair in pairs if pair[0] != RDF_TYPE]


def unescape(literal: str) -> str:
    """Return the text that comes between the quotes of a literal, its escapes resolved."""
    return _ESCAPE.sub(_character, literal) if "\\" in literal else literal


def _character(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    return chr(int(short or long, 16)) if letter is None else _CONTROL.get(letter, letter)
