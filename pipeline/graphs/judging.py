"""Judging a graph: shapes of ours or of others, and what is said where they found nothing to judge."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, parse

from pipeline.findings import Finding, Place, Severity
from pipeline.gate import Shapes, ShapesError, SmallGraph, load_shapes
from pipeline.graphnumbers import GraphNumbers
from pipeline.graphs.graph import Graph
from pipeline.graphs.reading import read_graph
from pipeline.graphs.results import to_finding
from pipeline.graphs.shapes import OwnShapes, ShapesRefused, read_shapes
from pipeline.sentences import Sentence, say
from pipeline.vocabulary import RDF, shapes_files, vocabulary_files

_MOST_NAMED = 10

Named = tuple[Path, str]
"""A file, and what places call it."""


@dataclass(frozen=True, slots=True)
class JudgedGraph:
    """The numbers and all findings: those on the shapes first, then the results, then what was not judged."""

    numbers: GraphNumbers
    findings: tuple[Finding, ...]


def judge_graph(data: Sequence[Named], shapes: Sequence[Named]) -> JudgedGraph:
    """Return what shapes say of a graph; without any shapes, those of a catalogue of practices are applied.

    Raises SourceError for data that cannot be read, ShapesRefused for shapes that are not applied.
    """
    with TemporaryDirectory(prefix="practicegraph-") as name:
        own = read_shapes(shapes, Path(name)) if shapes else _of_the_catalogue()
        graph = read_graph(data, Path(name))
    return _judged(graph, own, [name for _, name in data], beside=() if shapes else vocabulary_files())


@cache
def _of_the_catalogue() -> OwnShapes:
    return OwnShapes(load_shapes([file for file in shapes_files() if file.name == "dataset.ttl"]), ())


def _judged(graph: Graph, own: OwnShapes, names: Sequence[str], beside: Sequence[Path]) -> JudgedGraph:
    name = ", ".join(names)
    default = Place(name) if len(names) == 1 else None
    vocabulary = [quad for file in beside for quad in parse(path=file, format=RdfFormat.TURTLE)]
    whole = SmallGraph((*vocabulary, *graph.triples))
    counts = _focus_nodes(whole, graph, own.shapes, bool(beside))
    try:
        results = whole.results(own.shapes)
    except (ShapesError, RecursionError) as error:
        raise ShapesRefused("malformed", str(error), own.findings) from error
    findings = (
        *own.findings,
        *(to_finding(result, graph, default) for result in results),
        *_not_applied(counts, {f"<{result.shape}>" for result in results}, graph, name),
    )
    severities = Counter(finding.severity for finding in findings)
    numbers = GraphNumbers(
        len(graph.triples),
        len(own.shapes.targeted),
        sum(counts.values()),
        severities[Severity.VIOLATION],
        severities[Severity.WARNING],
        severities[Severity.INFO],
        len(results),
    )
    return JudgedGraph(numbers, findings)


def _focus_nodes(whole: SmallGraph, graph: Graph, shapes: Shapes, beside: bool) -> dict[str, int]:
    """Return for each shape how many focus nodes it has in the data.

    Nodes that a shape names, and those of a vocabulary ``beside`` the data, count where the data know them.
    """
    found = whole.focus_nodes(shapes)
    named = {target.term for shape in shapes.targeted for target in shape.targets if target.kind == "node"}
    doubtful = set[str]().union(*found.values()) if beside else named
    terms = (
        str(term) for quad in (graph.triples if doubtful else ()) for term in (quad.subject, quad.object)
    )
    absent = doubtful.difference(terms)
    return {name: len(terms - absent) for name, terms in found.items()}


def _not_applied(counts: Mapping[str, int], told: Set[str], graph: Graph, name: str) -> Iterator[Finding]:
    """Yield what keeps “conforms” from misleading: shapes that found nothing to judge."""
    idle = [shape for shape, count in counts.items() if not count and shape not in told]
    if not idle:
        return
    if len(idle) < len(counts):
        message = say(
            "{file}: nothing in the data is what these shapes are for: {shapes}.",
            file=name,
            shapes=_listed(idle),
        )
        yield Finding(Severity.INFO, "shapes-idle", message, Place(name))
        return
    message = say(
        "{file}: no shape applied, so nothing was checked. {classes} Check that data and shapes speak of the "
        "same classes.",
        file=name,
        classes=_classes(graph),
    )
    yield Finding(Severity.VIOLATION, "shapes-not-applied", message, Place(name))


def _classes(graph: Graph) -> Sentence:
    found = Counter(str(quad.object) for quad in graph.triples if quad.predicate.value == RDF + "type")
    if not found:
        return say("The data state no class.")
    named = [f"{iri} ({number:,})" for iri, number in found.most_common()]
    return say("These classes were found: {classes}.", classes=_listed(named))


def _listed(names: Sequence[str]) -> Sentence | str:
    shown = ", ".join(names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return shown
    return say("{names} and {number} more", names=shown, number=len(names) - _MOST_NAMED)
