"""The description of a release: what the dataset file says, with the versions, coverage, dumps and counts of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Dataset, Quad, QueryTriples, RdfFormat, Store, Triple, parse, serialize

from pipeline.rdf import vocabulary
from pipeline.rdf.iris import Deployment
from pipeline.rdf.labels import add_labels
from pipeline.rdf.turtle_templates import triples_of
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.nodes import Vocabulary, ntriples_lines
from pipeline.release.dataset.coverage import Coverage, describe_coverage
from pipeline.release.dataset.known_resources import statements_about
from pipeline.release.dataset.publisher_statements import read_statements
from pipeline.release.folder.manifest import FileFacts
from pipeline.system.data_files import text_of

_CHANGES = {"added": "ajoutées", "changed": "modifiées", "withdrawn": "retirées", "merged": "fusionnées"}


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
    base = facts.deployment.base
    stated = (
        *read_statements(facts.deployment, dataset_file, settings),
        *describe_coverage(f"{base}/dataset", f"{base}/catalog", facts.coverage, facts.terms.lines),
        *_of_release(facts),
    )
    triples = (*stated, *_inherited_triples(stated, base))
    graph = Dataset(Quad(*each) for each in (*triples, *statements_about(triples)))
    add_labels(graph)
    return ntriples_lines(graph)


def _inherited_triples(stated: Iterable[Triple], base: str) -> QueryTriples:
    """Return what holds of the release, its distributions and services because it holds of the dataset."""
    store = Store()
    store.extend(Quad(*each) for each in stated)
    prefixes = {**vocabulary.prefixes(), "dcatap": vocabulary.DCATAP}
    answer = store.query(text_of(__package__, "inherited.rq"), base_iri=f"{base}/", prefixes=prefixes)
    assert isinstance(answer, QueryTriples)
    return answer


def _of_release(facts: DescribedRelease) -> Iterable[Triple]:
    """Return the dates, counts, graphs, versions and dumps of a release."""
    known = {
        "icgp": vocabulary.ICGP,
        "version": facts.version,
        "previous": facts.previous,
        "statistics": facts.statistics,
        "coverage": facts.coverage,
        "quads": facts.quads,
        "dumps": facts.dumps,
        "notes": _notes(facts.counts),
    }
    base = facts.deployment.base
    return triples_of(__package__, "release.ttl.template", base, known, short_name=_short_name)


def _notes(counts: Mapping[str, int]) -> Mapping[str, str]:
    """Return in words how many practices became what, mergers where there were any; nothing if nobody counted."""
    if not counts.keys() & _CHANGES.keys():
        return {}
    words = {name: nom for name, nom in _CHANGES.items() if name != "merged" or counts.get(name)}
    english = ", ".join(f"{counts.get(name, 0)} {name}" for name in words)
    french = ", ".join(f"{counts.get(name, 0)} {nom}" for name, nom in words.items())
    return {"en": f"Practices: {english}.", "fr": f"Pratiques\u202f: {french}."}


def as_turtle(lines: tuple[str, ...]) -> bytes:
    """Return N-Triples lines as a Turtle document with prefixes."""
    triples = parse("".join(lines), format=RdfFormat.N_TRIPLES)
    text = serialize(
        (quad.triple for quad in triples), format=RdfFormat.TURTLE, prefixes=vocabulary.prefixes()
    )
    assert text is not None
    return text


def _short_name(term: str) -> str:
    """Return the part of a lasting name for a class or property: its prefix and local name, else a hash."""
    for prefix, namespace in vocabulary.prefixes().items():
        local = term[1:-1].removeprefix(namespace)
        if local != term[1:-1] and local.isalnum():
            return f"{prefix}-{local}"
    return sha256(term.encode()).hexdigest()[:8]
