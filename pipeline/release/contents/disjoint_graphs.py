"""The graphs of a release side by side: each subject once, and no triple in two graphs."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from pipeline.model.errors import DataRefused
from pipeline.release.contents.nodes import Node, Pair

_LabelledNode = tuple[str, str, list[Pair]]


def side_by_side(graphs: Mapping[str, Iterable[Node]]) -> Iterator[tuple[str, dict[str, list[Pair]]]]:
    """Yield each subject with what each graph says of it; raise DataRefused for a triple in two graphs.

    The endpoint's default graph is the union of the graphs, in which such a triple would count twice.
    """
    streams = [_label_nodes(name, nodes) for name, nodes in graphs.items()]
    subject, by_graph = "", dict[str, list[Pair]]()
    for this, name, pairs in heapq.merge(*streams, key=itemgetter(0)):
        if this != subject:
            if by_graph:
                yield subject[:-1], by_graph
            subject, by_graph = this, {}
        for other, known in by_graph.items():
            refuse_shared(subject[:-1], name, pairs, other, known)
        by_graph[name] = pairs
    if by_graph:
        yield subject[:-1], by_graph


def _label_nodes(name: str, nodes: Iterable[Node]) -> Iterator[_LabelledNode]:
    for subject, pairs in nodes:
        yield subject + " ", name, pairs


def refuse_shared(subject: str, name: str, pairs: list[Pair], other: str, known: list[Pair]) -> None:
    """Raise DataRefused for a triple that two graphs have."""
    shared = set(pairs).intersection(known)
    if shared:
        predicate, value = min(shared)
        raise DataRefused(
            f"The triple {subject} {predicate} {value} stands in the graphs {other} and {name}."
            " Choose a base IRI outside the vocabulary's namespace, or leave the triple out of one of them."
        )
