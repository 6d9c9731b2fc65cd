"""The store: N-Triples files loaded in bulk into a new directory, one named graph each."""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.vocabulary import RDF

_TYPE = NamedNode(RDF + "type")


def write_store(path: Path, graphs: Mapping[str, Path], lines: int) -> None:
    """Write a store with a graph for each N-Triples file; nothing may open it for writing afterwards.

    The loader keeps all that one call gives it in memory, so it is given so many lines at a time.
    """
    path.mkdir()
    store = Store(str(path))
    for graph, source in graphs.items():
        with source.open("rb", buffering=1 << 20) as file:
            while chunk := b"".join(islice(file, lines)):
                _load(store, chunk, graph)
    store.optimize()
    store.flush()


def _load(store: Store, lines: bytes, graph: str) -> None:
    """Load lines; the loader need not check their terms again, which were checked when they were made."""
    store.bulk_load(input=lines, format=RdfFormat.N_TRIPLES, to_graph=NamedNode(graph), lenient=True)


def count_quads(path: Path, graphs: Mapping[str, str]) -> dict[str, int]:
    """Return how many quads a store holds in each graph, by the names that the mapping gives to graph IRIs.

    A quad outside all of them is counted under the name ``other``.
    """
    store = Store.read_only(str(path))
    counts = {name: _count(store, graph) for name, graph in graphs.items()}
    rest = len(store) - sum(counts.values())
    return {**counts, "other": rest} if rest else counts


def _count(store: Store, graph: str) -> int:
    solutions = store.query(
        "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }", default_graph=[NamedNode(graph)]
    )
    assert isinstance(solutions, QuerySolutions)
    return int(next(solutions)["count"].value)


def types_in(path: Path) -> Callable[[str], tuple[str, ...]]:
    """Return what tells the types of a node in a store, each as N-Triples has it."""
    store = Store.read_only(str(path))

    def types_of(node: str) -> tuple[str, ...]:
        quads = store.quads_for_pattern(NamedNode(node[1:-1]), _TYPE, None, None)
        return tuple(sorted({str(quad.object) for quad in quads}))

    return types_of


def demand_counts(stored: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """Raise EnvironmentFault if a graph does not hold what was written for it."""
    if dict(stored) != dict(wanted):
        raise EnvironmentFault(
            f"The store holds {_told(stored)} instead of {_told(wanted)} triples."
            " Build again; if it happens again, have the disk and the memory checked."
        )


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} ({name})" for name, number in sorted(counts.items()))
