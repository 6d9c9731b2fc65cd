"""Judging a graph: with our shapes or those from others, and the findings if they match nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Quad, RdfFormat, parse
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from pipeline.findings.accounting import GraphNumbers
from pipeline.findings.messages import Sentence, say
from pipeline.gate.gate_results import ShapesError
from pipeline.gate.shapes import ShapesGraph
from pipeline.gate.small_graph import SmallGraph
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.practice import Understood
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import RDF, RDFS, shapes_files, vocabulary_files
from pipeline.records.workspace import Workspace
from pipeline.shapes_check.faults import code_and_sentence
from pipeline.shapes_check.foreign_shapes import OwnShapes, ShapesRefused, read_shapes
from pipeline.shapes_check.graph_findings import message_of, to_finding
from pipeline.shapes_check.graph_positions import Graph
from pipeline.shapes_check.pyshacl_text import Prefixes
from pipeline.shapes_check.read_graph import read_graph
from pipeline.shapes_check.records_graph import RecordsGraph
from pipeline.shapes_check.sort_inputs import InputFile, sort_files
from pipeline.sources.structured.rdf_statements import describe_classes, list_names
from pipeline.system.progress import Progress, show_step

_ALIKE = 80

Report = Callable[[Iterable[Finding], GraphNumbers], None]


@dataclass(frozen=True, slots=True)
class GraphCheckOptions:
    """What goes along with the reading of records: corrections, progress, and who is shown how they were understood.

    ``most_rows`` is how many rows are read at most, ``seconds`` how many the shapes may take.
    """

    corrections: Path | None = None
    progress: Progress = field(default_factory=Progress)
    on_practice: Callable[[Understood], None] | None = None
    most_rows: int | None = None
    seconds: float | None = None


def judge_graph(
    data: Sequence[InputFile], shapes: Sequence[InputFile], report: Report, options: GraphCheckOptions
) -> GraphNumbers:
    """Return the numbers of what shapes say of data; without any shapes, those of a catalogue are applied.

    RDF is judged as it is, records of other files as a build would describe them, the vocabulary beside them.
    ``report`` is given all findings: those on the shapes first, then the results, then what was not judged.
    Raises SourceError for data that cannot be read, ShapesRefused for shapes that are not applied.
    """
    with TemporaryDirectory(prefix="practicegraph-") as name, Workspace() as workspace:
        with show_step(options.progress, say("Checking the shapes")):
            own = read_shapes(shapes, Path(name)) if shapes else _of_the_catalogue()
        with show_step(options.progress, say("Reading the data")):
            inputs = sort_files(data)
            graph = read_graph(inputs.graphs, Path(name))
        workspace.staging.most = options.most_rows
        records = RecordsGraph(workspace, options.progress)
        if inputs.records:
            records.read(inputs.records, options.corrections)
            graph = graph.with_records(records.triples(), records.cell_of)
        beside = vocabulary_files() if inputs.records or not shapes else ()
        judged = _judge(graph, own, [name for _, name in data], beside, options)
        findings = (
            *own.findings,
            *inputs.findings,
            *records.findings,
            *_attach_causes(judged.findings, tuple(records.remarks())),
        )
        if options.on_practice is not None:
            records.show(judged.results, options.on_practice)
        numbers = _numbers(graph, own, judged, findings)
        report(findings, numbers)
    return numbers


@cache
def _of_the_catalogue() -> OwnShapes:
    files = [file for file in shapes_files() if file.name == "dataset.ttl"]
    return OwnShapes(ShapesGraph([quad for file in files for quad in parse(path=file)]), ())


@dataclass(frozen=True, slots=True)
class _GraphResults:
    """The results of shapes on a graph, all as findings with what was not judged, and how many nodes were."""

    results: tuple[ShaclResult, ...]
    findings: tuple[Finding, ...]
    nodes: int


def _judge(
    graph: Graph, own: OwnShapes, names: Sequence[str], beside: Sequence[Path], options: GraphCheckOptions
) -> _GraphResults:
    name = ", ".join(names)
    default = Place(name) if len(names) == 1 else None
    vocabulary = _read_vocabulary(tuple(beside))
    whole = SmallGraph((*vocabulary, *graph.triples))
    steps = (say("Looking for likely failures"), say("Applying the rules"))
    try:
        judged = whole.judge(own.shapes, options.progress, options.seconds, steps)
    except ShapesError as error:
        raise ShapesRefused("malformed", str(error), own.findings) from error
    results = _on_the_data(judged.results, vocabulary, graph) if beside else judged.results
    counts = _focus_nodes(judged.focus_nodes, graph, own.shapes, bool(beside))
    known = Prefixes.of({**(own.graph.prefixes if own.graph is not None else {}), **graph.prefixes})
    failures = [own.failure_finding(failure) for failure in judged.failures]
    failures += [own.recursion_finding(shape) for shape in sorted(judged.cut_short)]
    failed = {failure.shape for failure in judged.failures}
    if failed and not results and failed.issuperset(name for name, count in counts.items() if count):
        raise ShapesRefused("malformed", str(judged.failures[0].error), (*own.findings, *failures))
    tracked = options.progress.track(results, say("Explaining the results"), len(results))
    findings = (
        *failures,
        *sorted((to_finding(result, graph, default, known) for result in tracked), key=_row),
        *_not_applied(counts, {f"<{result.shape}>" for result in results}, graph, name, own.shapes),
    )
    return _GraphResults(results, findings, sum(counts.values()))


@cache
def _read_vocabulary(files: tuple[Path, ...]) -> tuple[Quad, ...]:
    return tuple(quad for file in files for quad in parse(path=file, format=RdfFormat.TURTLE))


def _on_the_data(
    results: Sequence[ShaclResult], vocabulary: Sequence[Quad], graph: Graph
) -> tuple[ShaclResult, ...]:
    """Return the results without those on terms of the vocabulary that the data do not know."""
    terms = {str(quad.subject) for quad in vocabulary}.intersection(result.focus for result in results)
    known = {str(term) for quad in graph.triples for term in (quad.subject, quad.object)} if terms else set()
    return tuple(result for result in results if result.focus not in terms - known)


def _row(finding: Finding) -> tuple[str, str, int]:
    """Return what puts findings on tables into the order of their rows, and leaves others as they are."""
    place = finding.place
    return ("", "", 0) if place is None or place.row is None else (place.file, place.sheet or "", place.row)


def _numbers(
    graph: Graph, own: OwnShapes, judged: _GraphResults, findings: Sequence[Finding]
) -> GraphNumbers:
    severities = Counter(finding.severity for finding in findings)
    return GraphNumbers(
        len(graph.triples),
        len(own.shapes.targeted),
        judged.nodes,
        severities[Severity.VIOLATION],
        severities[Severity.WARNING],
        severities[Severity.INFO],
        len(judged.results),
        sum(finding.is_unchecked for finding in findings),
    )


def _attach_causes(findings: Sequence[Finding], remarks: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings of shapes, then the remarks on cells, those that explain what is missing within the former."""
    causes: dict[Place | None, list[Finding]] = {}
    for remark in remarks:
        if remark.severity is not Severity.INFO:
            causes.setdefault(remark.place, []).append(remark)
    within: set[int] = set()
    for finding in findings:
        is_absence = finding.result is not None and finding.result.is_absence
        causes_here = causes.get(finding.place, []) if is_absence else []
        within.update(map(id, causes_here))
        yield _with_causes(finding, causes_here) if causes_here else finding
    yield from (remark for remark in remarks if id(remark) not in within)


def _with_causes(finding: Finding, causes: Sequence[Finding]) -> Finding:
    """Return the finding that something is missing, with what was found on the cell that should contain it."""
    assert finding.result is not None
    message = message_of(finding.result)
    for cause in reversed(causes):
        message = say("{cause} {message}", cause=cause.message, message=message)
    return replace(finding, message=message, suggestion=causes[0].suggestion)


def _focus_nodes(
    focus_nodes: Mapping[str, Set[str]], graph: Graph, shapes: ShapesGraph, beside: bool
) -> dict[str, int]:
    """Return for each shape how many focus nodes it has in the data.

    Nodes that a shape names, and those of a vocabulary ``beside`` the data, count where the data know them.
    """
    named = {target.term for shape in shapes.targeted for target in shape.targets if target.kind == "node"}
    doubtful = set[str]().union(*focus_nodes.values()) if beside else named
    terms = (
        str(term) for quad in (graph.triples if doubtful else ()) for term in (quad.subject, quad.object)
    )
    absent = doubtful.difference(terms)
    return {name: len(terms - absent) for name, terms in focus_nodes.items()}


def _not_applied(
    counts: Mapping[str, int], with_results: Set[str], graph: Graph, name: str, shapes: ShapesGraph
) -> Iterator[Finding]:
    """Yield what keeps “conforms” from misleading: shapes that found nothing to judge."""
    idle = [shape for shape, count in counts.items() if not count and shape not in with_results]
    if not idle:
        return
    if len(idle) < len(counts):
        severity = Severity.INFO
        code, message = code_and_sentence("shapes-idle", file=name, shapes=list_names(idle))
    else:
        severity = Severity.WARNING
        code, message = code_and_sentence("shapes-not-applied", file=name, classes=_classes(graph))
    if pair := _subclass_of_shapes(graph, shapes, set(idle)):
        _, message = code_and_sentence("subclass-in-shapes", message=message, sub=pair[0], other=pair[1])
    if near := _near_property(graph, shapes, set(idle)):
        _, message = code_and_sentence("property-missing", message=message, property=near[0], other=near[1])
    yield Finding(severity, code, message, Place(name))


def _near_property(graph: Graph, shapes: ShapesGraph, idle: Set[str]) -> tuple[str, str] | None:
    """Return a property that is the target of an idle shape and that the data lack, and one like it that they have."""
    targets = [target for shape in shapes.targeted if shape.name in idle for target in shape.targets]
    wanted = [target.term for target in targets if target.kind in ("subjects", "objects")]
    known = {str(quad.predicate) for quad in graph.triples} if wanted else set()
    names = {_local_name(term): term for term in known}
    for term in wanted:
        near = extractOne(_local_name(term), list(names), scorer=ratio, score_cutoff=_ALIKE)
        if term not in known and near is not None:
            return term, names[near[0]]
    return None


def _local_name(term: str) -> str:
    """Return what comes after the last / or # of an IRI in N-Triples."""
    return re.split(r"[/#]", term.rstrip("/#>"))[-1]


def _subclass_of_shapes(graph: Graph, shapes: ShapesGraph, idle: Set[str]) -> tuple[str, str] | None:
    """Return a class of the data, and a target of an idle shape that is above it only in the graph of shapes."""
    below: dict[str, list[str]] = {}
    for lower in shapes.index.subjects(RDFS + "subClassOf"):
        for upper in shapes.index.objects(lower, RDFS + "subClassOf"):
            below.setdefault(str(upper), []).append(str(lower))
    targets = [target for shape in shapes.targeted if shape.name in idle for target in shape.targets]
    target_of = {target.term: target.term for target in targets if target.kind == "class"}
    waiting = list(target_of)
    while waiting:
        above = waiting.pop()
        for sub in below.get(above, ()):
            if sub not in target_of:
                target_of[sub] = target_of[above]
                waiting.append(sub)
    used = (str(quad.object) for quad in graph.triples if quad.predicate.value == RDF + "type")
    return next(((one, target_of[one]) for one in used if target_of.get(one, one) != one), None)


def _classes(graph: Graph) -> Sentence:
    return describe_classes(
        Counter(str(quad.object) for quad in graph.triples if quad.predicate.value == RDF + "type")
    )
