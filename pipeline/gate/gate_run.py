"""The gate: validates partitions of records, or a small graph, by compiled shapes and pySHACL."""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyoxigraph import Quad, RdfFormat, Triple, parse

from pipeline.gate.checker import Checker, Judgement
from pipeline.gate.gate_results import GateLimit, ShaclResult
from pipeline.gate.shapes import Shapes
from pipeline.gate.small_graph import SmallGraph
from pipeline.model.errors import EnvironmentFault

WHOLE_LIMIT = 20_000
"""How many records pySHACL is given at once, for shapes that look beyond one record."""

_NT = RdfFormat.N_TRIPLES


@dataclass(frozen=True, slots=True)
class _Task:
    shapes: Shapes
    vocabulary: bytes
    sample: float


def validate_parts(
    parts: Sequence[Path],
    vocabulary: Sequence[Path] | bytes,
    shapes: Shapes,
    jobs: int = 1,
    *,
    sample: float = 0.01,
    whole_limit: int = WHOLE_LIMIT,
) -> Iterator[ShaclResult]:
    """Yield all results on some partitions (see PartitionWriter) and on the vocabulary, in a fixed order.

    ``vocabulary`` is given as files or as N-Triples. A ``sample`` of the nodes that pass is shown to pySHACL;
    GateDisagreement is raised where it thinks otherwise. Shapes that look beyond one record are judged by
    pySHACL over all data; with more than ``whole_limit`` records GateLimit is raised before anything else.
    """
    _hold_limit(parts, shapes, whole_limit)
    words = vocabulary if isinstance(vocabulary, bytes) else _as_lines(vocabulary)
    task = _Task(shapes, words, sample)
    seen: set[str] = set()
    with _workers(min(jobs, len(parts)), task) as run:
        yield from _merged(run("check", parts), seen)
        if shapes.fallback:
            yield from _merged(run("check_whole", [parts]), seen)
        yield from _merged(run("check_vocabulary", [parts]), seen)


def _merged(by_partition: Iterable[Iterable[Judgement]], seen: set[str]) -> Iterator[ShaclResult]:
    """Yield results; those on a node that several partitions hold come from the first that reports it."""
    for judgements in by_partition:
        for key, results in judgements:
            if key is None or key not in seen:
                yield from results
            if key is not None and results:
                seen.add(key)


def _hold_limit(parts: Sequence[Path], shapes: Shapes, limit: int) -> None:
    if not shapes.fallback:
        return
    records, main_node = 0, f"<{shapes.scope.main_class}> .".encode()
    for part in parts:
        with part.open("rb") as lines:
            records += sum(line.endswith(main_node) for line in map(bytes.rstrip, lines))
    if records > limit:
        name, reason = shapes.fallback[0]
        raise GateLimit(name, reason, records, limit)


def _as_lines(files: Sequence[Path]) -> bytes:
    lines = (line for file in files for line in _lines_of(file, file.stat().st_mtime_ns))
    return b"".join(dict.fromkeys(lines))


@lru_cache(maxsize=16)
def _lines_of(file: Path, _changed: int) -> tuple[bytes, ...]:
    """Return a file as N-Triples; its blank nodes get new names at each reading, so it is read once."""
    return tuple(f"{quad.triple} .\n".encode() for quad in parse(path=file, rename_blank_nodes=True))


_Run = Callable[[str, Iterable[Any]], Iterable[Iterable[Judgement]]]
"""Calls a method of a checker on each of some things, and yields what it returns in their order."""


@contextmanager
def _workers(jobs: int, task: _Task) -> Iterator[_Run]:
    """Yield what runs a checker, here or in processes.

    Processes are started afresh, since this one may hold a store that has threads. They read their task from a
    file: a pipe to a process that is killed while it reads would be waited for without end.
    """
    if jobs <= 1:
        checker = _kept.pop(task, None) or Checker(task.shapes, task.vocabulary, task.sample)
        yield lambda method, things: map(getattr(checker, method), things)
        _kept.clear()
        _kept[task] = checker
        return
    with TemporaryDirectory(prefix="practicegraph-") as folder:
        file = Path(folder) / "task"
        file.write_bytes(pickle.dumps(task))
        try:
            with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (file,)) as pool:
                yield lambda method, things: pool.map(partial(_call, method), things)
        except (BrokenProcessPool, OSError) as error:
            # A pool whose first process dies while the second is being started says so with an OSError.
            if isinstance(error, OSError) and str(error) != "handle is closed":
                raise
            raise EnvironmentFault(
                "A process of the gate was killed, most likely for want of memory. Run it with fewer jobs."
            ) from error


_kept: dict[_Task, Checker] = {}
"""The last checker of this process that succeeded, for the next run with the same input."""

_checkers: list[Checker] = []
"""The checker of a process, which serves all partitions that the process is given."""


def _start(file: Path) -> None:
    task: _Task = pickle.loads(file.read_bytes())  # noqa: S301 - this program wrote it
    _checkers.append(Checker(task.shapes, task.vocabulary, task.sample))


def _call(method: str, thing: Any) -> tuple[Judgement, ...]:
    return tuple(getattr(_checkers[0], method)(thing))


def validate_graph(triples: Iterable[Triple | Quad], shapes: Shapes) -> tuple[ShaclResult, ...]:
    """Return the results of shapes on a graph that fits into memory; named graphs count as one."""
    return SmallGraph(triples).results(shapes)


def validate_text(
    data: str | bytes, shapes: Shapes, *, form: RdfFormat = RdfFormat.TURTLE, base_iri: str | None = None
) -> tuple[ShaclResult, ...]:
    """Return the results of shapes on a serialised graph; raise SyntaxError if it cannot be read."""
    return validate_graph(parse(data, format=form, base_iri=base_iri), shapes)
