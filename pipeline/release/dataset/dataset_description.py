"""The description of a release: what the dataset file says, with the versions, coverage, dumps and counts of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Dataset, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from pipeline.rdf import vocabulary
from pipeline.rdf.iris import Deployment
from pipeline.rdf.labels import add_labels
from pipeline.rdf.vocabulary import DCAT, DCATAP, DCT, RDF, VOID
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.nodes import Vocabulary, ntriples_lines
from pipeline.release.dataset.coverage import Coverage, describe_coverage
from pipeline.release.dataset.description_triples import triple
from pipeline.release.dataset.distributions import describe_distributions
from pipeline.release.dataset.known_resources import known_of
from pipeline.release.dataset.publisher_statements import read_stated
from pipeline.release.dataset.release_versions import (
    describe_dates,
    describe_release_as_dataset,
    describe_version,
)
from pipeline.release.dataset.void_counts import describe_graphs, describe_statistics
from pipeline.release.folder.manifest import FileFacts

_STABLE = NamedNode("http://publications.europa.eu/resource/authority/planned-availability/STABLE")
_TYPE = NamedNode(RDF + "type")
_INHERITED = tuple(DCT + name for name in ("license", "rights", "issued", "modified"))


@dataclass(frozen=True, slots=True)
class DescribedRelease:
    """What a release is described from."""

    deployment: Deployment
    version: str
    previous: str | None
    terms: Vocabulary
    statistics: Statistics
    coverage: Coverage
    quads: Mapping[str, int]
    dumps: Mapping[str, FileFacts]
    counts: Mapping[str, int]


def describe_release(
    facts: DescribedRelease, dataset_file: Path, settings: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the description graph as sorted N-Triples lines; settings replace what the dataset file says."""
    graph = Dataset()
    _add(graph, read_stated(facts.deployment, dataset_file, settings))
    for say in (_of_dataset, _of_release, _of_dumps, _of_distributions):
        _add(graph, say(facts, graph))
    _add(graph, known_of(quad.triple for quad in graph))
    add_labels(graph)
    return ntriples_lines(graph)


def as_turtle(lines: tuple[str, ...]) -> bytes:
    """Return N-Triples lines as a Turtle document with prefixes."""
    triples = parse("".join(lines), format=RdfFormat.N_TRIPLES)
    text = serialize(
        (quad.triple for quad in triples), format=RdfFormat.TURTLE, prefixes=vocabulary.prefixes()
    )
    assert text is not None
    return text


def _add(graph: Dataset, triples: Iterator[Triple]) -> None:
    for each in tuple(triples):
        graph.add(Quad(*each))


def _of_dataset(facts: DescribedRelease, _: Dataset) -> Iterator[Triple]:
    deployment, coverage = facts.deployment, facts.coverage
    dataset = deployment.dataset()[1:-1]
    yield from describe_dates(deployment, coverage.issued, coverage.modified)
    yield from describe_statistics(deployment, facts.statistics)
    yield from describe_graphs(deployment, facts.quads)
    yield from describe_coverage(dataset, f"{deployment.base}/catalog", coverage, facts.terms.lines)
    if coverage.example:
        example = deployment.practice(coverage.example)[1:-1]
        yield triple(dataset, VOID + "exampleResource", NamedNode(example))


def _of_release(facts: DescribedRelease, said: Dataset) -> Iterator[Triple]:
    deployment, version = facts.deployment, facts.version
    yield from describe_version(deployment, version, facts.previous, facts.counts)
    yield from describe_release_as_dataset(deployment, version, facts.coverage.modified, said)


def _of_dumps(facts: DescribedRelease, _: Dataset) -> Iterator[Triple]:
    """Yield the dumps twice: the latest, whose address stays, and those of this release, which stay themselves."""
    deployment, version = facts.deployment, facts.version
    dataset, folder = deployment.dataset()[1:-1], f"{deployment.base}/dumps"
    yield from describe_distributions(dataset, folder, facts.dumps)
    yield from describe_distributions(deployment.dataset(version)[1:-1], f"{folder}/{version}", facts.dumps)
    for name in facts.dumps:
        if name.endswith(".gz"):
            yield triple(dataset, VOID + "dataDump", NamedNode(f"{folder}/{name}"))


def _of_distributions(facts: DescribedRelease, graph: Dataset) -> Iterator[Triple]:
    """Yield what holds of every distribution and service because it holds of the dataset: licence, rights, dates."""
    dataset = NamedNode(facts.deployment.dataset()[1:-1])
    shared = [quad for quad in graph.quads_for_subject(dataset) if quad.predicate.value in _INHERITED]
    for quad in graph.quads_for_predicate(_TYPE):
        kind, this = quad.object, quad.subject
        if not isinstance(this, NamedNode) or not isinstance(kind, NamedNode):
            continue
        if kind.value == DCAT + "Distribution":
            yield Triple(this, NamedNode(DCATAP + "availability"), _STABLE)
            yield from (Triple(this, each.predicate, each.object) for each in shared)
        elif kind.value == DCAT + "DataService":
            licences = [each for each in shared if each.predicate.value == DCT + "license"]
            yield from (Triple(this, each.predicate, each.object) for each in licences)
