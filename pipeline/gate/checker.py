"""The checker: judges a batch of records, by compiled shapes first and by pySHACL where they suspect something."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from zlib import crc32

from pyoxigraph import Quad, RdfFormat, Store, parse

from pipeline.gate import lexical
from pipeline.gate.candidates import Suspects, candidates_of
from pipeline.gate.context import EVERYWHERE
from pipeline.gate.gate_results import GateDisagreement, ShapesError
from pipeline.gate.record_scope import is_shared, needed_nodes, readers
from pipeline.gate.reference import Reference
from pipeline.gate.shapes import Shape, Shapes
from pipeline.model.shacl_result import ShaclResult

Judgement = tuple[str | None, tuple[ShaclResult, ...]]
"""Results on nodes of one batch; for a node that other batches may have too, with a key that identifies it."""

_AT_ONCE = 2_000
_NT = RdfFormat.N_TRIPLES


def vocabulary_lines(files: Sequence[Path]) -> bytes:
    """Return files as N-Triples, each line once."""
    lines = (line for file in files for line in _lines_of(file, file.stat().st_mtime_ns))
    return b"".join(dict.fromkeys(lines))


@lru_cache(maxsize=16)
def _lines_of(file: Path, _changed: int) -> tuple[bytes, ...]:
    """Return a file as N-Triples; its blank nodes get new names at each reading, so it is read once."""
    return tuple(f"{quad.triple} .\n".encode() for quad in parse(path=file, rename_blank_nodes=True))


@dataclass(frozen=True, slots=True)
class _LoadedBatch:
    """A batch in a store, and its nodes with doubtful literals."""

    lines: bytes
    store: Store
    suspects: Suspects
    doubtful: set[str]


class Checker:
    """Judges batches of records by shapes that stay within one record, with the vocabulary beside each.

    A share of the nodes that pass, the ``sample``, is shown to pySHACL. Raises ShapesError for shapes that look
    beyond one record.
    """

    def __init__(self, shapes: Shapes, vocabulary: bytes, sample: float) -> None:
        for name, reason in shapes.fallback:
            raise ShapesError(f"The shape {name} cannot be checked record by record, because it {reason}.")
        self._shapes = shapes
        self._local = shapes.targeted
        self._vocabulary = vocabulary
        self._sample = sample
        self._terms = {str(quad.subject) for quad in parse(vocabulary, format=_NT)}
        self._reference: Reference | None = None
        store = Store()
        store.load(vocabulary, format=_NT)
        suspects = Suspects(store, shapes)
        doubtful = {str(quad.subject) for quad in lexical.scan(BytesIO(vocabulary)).doubtful}
        self._vocabulary_suspects = {shape.name: suspects.of(shape) | doubtful for shape in self._local}

    @cached_property
    def on_vocabulary(self) -> tuple[Judgement, ...]:
        """The results on the vocabulary alone."""
        return tuple(
            (f"{shape.name} {term}", self._judge(shape, [term]))
            for shape in self._local
            for term in sorted(self._vocabulary_suspects[shape.name])
        )

    def check(self, part: bytes) -> tuple[Judgement, ...]:
        """Return the results on N-Triples; raise GateDisagreement where a sample differs."""
        if not part:
            return ()
        literals = lexical.scan(BytesIO(part))
        store = self._load(part, literals.blank_nodes)
        suspects = Suspects(store, self._shapes)
        doubtful = self._doubtful(store, literals.doubtful)
        suspected = {shape.name: self._suspects_of(shape, suspects, doubtful, part) for shape in self._local}
        targets = {shape.name: suspects.targets(shape) for shape in self._local}
        chosen = self._draw_sample(set().union(*targets.values()))
        sampled = {name: (terms & chosen) - suspected[name] for name, terms in targets.items()}
        self._compare(store, part, sampled)
        return tuple(self._judge_suspects(_LoadedBatch(part, store, suspects, doubtful), suspected))

    def _load(self, part: bytes, blank_nodes: bool) -> Store:
        """Return a store of the vocabulary and a part, in which blank nodes keep their names.

        The parser need not check their terms again, which were checked when they were made.
        """
        store = Store()
        store.load(self._vocabulary, format=_NT, lenient=True)
        if blank_nodes:
            store.extend(parse(part, format=_NT))
        else:
            store.load(part, format=_NT, lenient=True)
        return store

    def _doubtful(self, store: Store, quads: Iterable[Quad]) -> set[str]:
        """Return the nodes whose judgement may depend on a literal that the store has rewritten."""
        near: set[str] = set()
        far: set[str] = set()
        for quad in quads:
            read = quad.predicate.value in self._shapes.later or EVERYWHERE in self._shapes.later
            (far if read else near).update((str(quad.subject), str(quad.object)))
        return near | readers(store, far, self._shapes.scope)

    def _suspects_of(self, shape: Shape, suspects: Suspects, doubtful: set[str], part: bytes) -> set[str]:
        """Return the suspects of a shape without those that the vocabulary alone explains."""
        suspected = suspects.of(shape) | doubtful
        known = suspected & self._vocabulary_suspects[shape.name]
        stated = {
            line.partition(b" ")[0].decode() for line in _lines_about(part, {term.encode() for term in known})
        }
        return suspected - (known - stated)

    def _draw_sample(self, terms: set[str]) -> set[str]:
        """Return a share of the nodes, always the same, those of a record together."""
        limit = int(self._sample * 2**32)
        return {term for term in terms - self._terms if crc32(_stem(term).encode()) < limit}

    def _compare(self, store: Store, part: bytes, sampled: dict[str, set[str]]) -> None:
        """Ask pySHACL about nodes that passed; raise GateDisagreement where it finds fault with one."""
        terms = sorted(set().union(*sampled.values()), key=_stem)
        for chunk in _chunks(terms):
            with_triples = self._with_triples(store, part, chunk)
            for shape in self._local:
                for result in self._judge(shape, sampled[shape.name].intersection(chunk)):
                    raise GateDisagreement(shape.name, result.focus)
            self._pyshacl().remove(with_triples)

    def _judge_suspects(self, part: "_LoadedBatch", suspected: dict[str, set[str]]) -> Iterator[Judgement]:
        terms = sorted(set().union(*suspected.values()), key=lambda term: (_stem(term), term))
        for chunk in _chunks(terms):
            shared = {term for term in chunk if is_shared(part.store, term, self._shapes.scope)}
            mine = {name: terms_of_shape.intersection(chunk) for name, terms_of_shape in suspected.items()}
            questions = [
                candidates_of(shape, part.suspects, mine[shape.name] - shared, part.doubtful)
                for shape in self._local
            ]
            added = self._with_triples(
                part.store, part.lines, shared.union(*(one.in_full() for one in questions))
            )
            added += self._pyshacl().add(quad for one in questions for quad in one.own_triples(part.store))
            for one in questions:
                yield None, one.results(self._pyshacl())
                for term in sorted(mine[one.shape.name] & shared):
                    yield f"{one.shape.name} {term}", self._judge(one.shape, [term])
            self._pyshacl().remove(added)

    def _with_triples(self, store: Store, part: bytes, terms: Iterable[str]) -> list[object]:
        """Give pySHACL the triples needed to judge these nodes; return them, so that they can be removed again."""
        lines = b"".join(
            _lines_about(part, {term.encode() for term in needed_nodes(store, terms, self._shapes.scope)})
        )
        return self._pyshacl().add(parse(lines, format=_NT))

    def _judge(self, shape: Shape, terms: Iterable[str]) -> tuple[ShaclResult, ...]:
        wanted = set(terms)
        return self._pyshacl().results(shape.name, wanted) if wanted else ()

    def _pyshacl(self) -> Reference:
        if self._reference is None:
            self._reference = Reference(self._shapes, parse(self._vocabulary, format=_NT))
        return self._reference


def merge_results(batches: Iterable[Iterable[Judgement]]) -> Iterator[ShaclResult]:
    """Yield results; those on a node that several batches hold come from the first that reports it."""
    seen: set[str] = set()
    for judgements in batches:
        for key, results in judgements:
            if key is None or key not in seen:
                yield from results
            if key is not None and results:
                seen.add(key)


def _lines_about(lines: bytes, subjects: set[bytes]) -> Iterator[bytes]:
    """Yield the N-Triples lines about some subjects, given as they are written there."""
    if subjects:
        yield from (line for line in BytesIO(lines) if line[: line.find(b" ")] in subjects)


def _stem(term: str) -> str:
    """Return the last part of an IRI without its fragment, which the nodes of a record share."""
    return term.strip("<>").partition("#")[0].rpartition("/")[2]


def _chunks(terms: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(terms), _AT_ONCE):
        yield terms[start : start + _AT_ONCE]
