"""Publishing: a release into a remote store, graph by graph, so that readers never see half of it.

Each graph is first loaded beside the one that is read and counted; then one update moves all of them. Around
the move the store says that it vouches for no release (``pipeline.exchange.store_state``), for those stores that show
an update half done.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from pyoxigraph import NamedNode, Store

from pipeline.exchange.access import RemoteFault
from pipeline.exchange.endpoint import Endpoint
from pipeline.exchange.graph_loading import Loader, parts
from pipeline.exchange.store_state import State, names, read_state
from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.iris import Deployment
from pipeline.release.folder.manifest import Manifest
from pipeline.release.inspection import graph_iris
from pipeline.system.data_files import filled_text
from pipeline.system.progress import Progress


@dataclass(frozen=True, slots=True)
class StoreTarget:
    """A remote store: its addresses for queries and updates, and how triples are loaded.

    ``seconds`` is for each request.
    """

    query: Endpoint
    update: Endpoint
    loader: Loader
    seconds: float


def publish(folder: Path, manifest: Manifest, target: StoreTarget, progress: Progress) -> bool:
    """Put a release into a store; return False where it is there already.

    Raise EnvironmentFault if the store does not do its part; what was read before is read on then, unless
    the fault is in the switch itself, which the sentence says.
    """
    deployment = Deployment(manifest.base_iri)
    try:
        return _publish(folder, manifest, target, progress, deployment)
    except RemoteFault as fault:
        raise fault.to_error("publication", target.update.url, target.seconds) from fault


def _publish(
    folder: Path, manifest: Manifest, target: StoreTarget, progress: Progress, deployment: Deployment
) -> bool:
    graphs = graph_iris(deployment)
    counts: dict[str, int] = manifest.counts["graphs"]
    is_there = read_state(target.query, deployment, seconds=target.seconds) == State(manifest.release)
    if is_there and all(_count(target, iri) == counts[name] for name, iri in graphs.items()):
        return False
    store = Store.read_only(str(folder / "store"))
    for name, iri in graphs.items():
        _load(store, iri, target, progress, counts[name])
        count = _count(target, _beside(iri))
        if count != counts[name]:
            raise EnvironmentFault(
                f"{target.query.url} holds {count} triples of the graph {iri} after {counts[name]} were loaded. "
                "Nothing was switched. Readers still see the previous release."
            )
    _switch(manifest, target, deployment, graphs.values())
    return True


def _beside(graph: str) -> str:
    """Return the graph in which another one is prepared."""
    return f"{graph}/loading"


def _load(store: Store, graph: str, target: StoreTarget, progress: Progress, count: int) -> None:
    beside = _beside(graph)
    target.update.update(filled_text(__package__, "drop.ru", graph=beside), seconds=target.seconds)
    quads = store.quads_for_pattern(None, None, None, NamedNode(graph))
    counted = progress.track(quads, f"Loading {graph}", count)
    for part in parts(counted, target.loader.part):
        target.loader.add(beside, part, seconds=target.seconds)


def _switch(manifest: Manifest, target: StoreTarget, deployment: Deployment, graphs: Iterable[str]) -> None:
    about = names(deployment)
    coming = deployment.dataset(manifest.release)[1:-1]
    moves = "".join(
        filled_text(__package__, "move.ru", loaded=_beside(graph), graph=graph) for graph in graphs
    )
    target.update.update(filled_text(__package__, "begin.ru", coming=coming, **about), seconds=target.seconds)
    try:
        complete = filled_text(__package__, "complete.ru", moves=moves, version=manifest.release, **about)
        target.update.update(complete, seconds=target.seconds)
    except RemoteFault as fault:
        raise EnvironmentFault(
            f"The switch in {target.update.url} was not completed: {fault} "
            "Until it is, this software's servers answer no query from that store. Publish again."
        ) from fault


def _count(target: StoreTarget, graph: str) -> int:
    """Return how many statements a graph has; raise RemoteFault if the store does not say."""
    content = target.query.read(
        filled_text(__package__, "count.rq", graph=graph), "csv", seconds=target.seconds
    ).decode()
    try:
        _, (number,) = csv.reader(StringIO(content))
        return int(number)
    except ValueError as error:
        raise RemoteFault(500, f"it gives no count in CSV, but {content[:80]!r}") from error
