"""The store: N-Triples files loaded in bulk into a new directory, one named graph each."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.vocabulary import RDF

_TYPE = NamedNode(RDF + "type")


class GraphWriter(Protocol):
    """Takes the lines of graphs, in any order of the graphs."""

    def add(self, graph: str, lines: bytes) -> None:
        """Add lines to a graph."""

    @property
    def line_counts(self) -> Mapping[str, int]:
        """The number of lines of each graph."""


class StoreWriter:
    """Writes a new store from N-Triples, beside what else is done; nothing may open it for writing afterwards.

    The loader keeps all that one call gives it in memory, so it is given so many lines at a time. ``line_counts`` are
    those of each graph; the graphs are called by the names that the mapping gives to their IRIs.
    """

    def __init__(self, path: Path, graphs: Mapping[str, str], lines: int) -> None:
        self.line_counts = dict.fromkeys(graphs, 0)
        self._graphs = graphs
        self._lines = lines
        self._waiting: dict[str, list[bytes]] = {name: [] for name in graphs}
        self._count = 0
        path.mkdir()
        self._store = Store(str(path))
        self._thread = ThreadPoolExecutor(1)
        self._loading: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def add(self, graph: str, lines: bytes) -> None:
        """Add lines to a graph."""
        count = lines.count(b"\n")
        self.line_counts[graph] += count
        self._waiting[graph].append(lines)
        self._count += count
        if self._count >= self._lines:
            self._load()

    def _load(self) -> None:
        """Begin to load what waits, once what was begun before is loaded."""
        if self._loading is not None:
            self._loading.result()
        waiting, self._waiting, self._count = self._waiting, {name: [] for name in self._graphs}, 0
        self._loading = self._thread.submit(self._load_all, waiting)

    def _load_all(self, waiting: dict[str, list[bytes]]) -> None:
        """Load lines; the loader need not check their terms again, which were checked when they were made."""
        for name in [name for name, pieces in waiting.items() if pieces]:
            self._store.bulk_load(
                input=b"".join(waiting.pop(name)),  # the pieces are not needed any more
                format=RdfFormat.N_TRIPLES,
                to_graph=NamedNode(self._graphs[name]),
                lenient=True,
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until all is written."""
        with self._thread:
            if kind is None:
                self._load()
                assert self._loading is not None
                self._loading.result()
                self._store.optimize()
                self._store.flush()
        del self._store


def open_stored(path: Path) -> Store:
    """Return a store, opened as a server does, to be read only; raise OSError, RuntimeError or ValueError."""
    return Store.read_only(str(path))


def count_quads(store: Store, graphs: Mapping[str, str]) -> dict[str, int]:
    """Return how many quads a store contains in each graph, by the names that the mapping gives to graph IRIs.

    A quad outside all of them is counted under the name ``other``.
    """
    counts = {name: _count(store, graph) for name, graph in graphs.items()}
    rest = len(store) - sum(counts.values())
    return {**counts, "other": rest} if rest else counts


def _count(store: Store, graph: str) -> int:
    solutions = store.query(
        "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }", default_graph=[NamedNode(graph)]
    )
    assert isinstance(solutions, QuerySolutions)
    return int(next(solutions)["count"].value)


def types_in(store: Store) -> Callable[[str], tuple[str, ...]]:
    """Return a function that returns the types of a node in a store, each as N-Triples has it."""

    def types_of(node: str) -> tuple[str, ...]:
        quads = store.quads_for_pattern(NamedNode(node[1:-1]), _TYPE, None, None)
        return tuple(sorted({str(quad.object) for quad in quads}))

    return types_of


def demand_counts(stored: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """Raise EnvironmentFault if a graph lacks statements that were written to it."""
    if dict(stored) != dict(wanted):
        raise EnvironmentFault(
            f"The store holds {_format_counts(stored)} instead of {_format_counts(wanted)} triples."
            " Build again; if it happens again, have the disk and the memory checked."
        )


def _format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} ({name})" for name, number in sorted(counts.items()))
