"""A small graph: held in memory as a whole, and judged whatever shapes look beyond."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Quad, Store, Triple

from pipeline.gate import lexical
from pipeline.gate.candidates import ShapeCandidates, Suspects, candidates_of
from pipeline.gate.context import EVERYWHERE
from pipeline.gate.gate_results import ShapesError
from pipeline.gate.reference import Reference
from pipeline.gate.reference_shapes import reference_shapes
from pipeline.gate.shapes import Shape, Shapes, ShapesGraph
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import SH
from pipeline.system.child_calls import each_apart
from pipeline.system.limits import Allowance
from pipeline.system.progress import Progress, show_step

_FEW = 10
"""So many focus nodes are judged by pySHACL at once: to compile their shape would take longer."""

_UNSURE = frozenset(SH + f"{name}ConstraintComponent" for name in ("Not", "Xone", "QualifiedMaxCount"))
"""What fails on nodes that conform to a shape, and so says nothing if that shape was not followed to the end."""

_SILENT = Progress()
_STEPS = ("Looking for likely failures", "Applying the rules")
_EMPTY = Shapes("", (), (), frozenset())


@dataclass(frozen=True, slots=True)
class Failure:
    """A shape, or one of its property shapes, that could not be applied to its focus nodes, and why."""

    shape: str
    part: str
    error: ShapesError


class SmallGraph:
    """A graph that fits into memory; named graphs count as one."""

    def __init__(self, triples: Iterable[Triple | Quad]) -> None:
        self._quads = [Quad(one.subject, one.predicate, one.object) for one in triples]
        self._store = Store()
        self._store.extend(self._quads)

    def focus_nodes(self, shapes: ShapesGraph | Shapes) -> Mapping[str, set[str]]:
        """Return for each targeted shape its focus nodes, those it names among them, here or not.

        Targets that are queries are not asked.
        """
        suspects = Suspects(self._store, _EMPTY)
        return {shape.name: suspects.targets(shape) for shape in shapes.targeted}

    def results(self, shapes: Shapes) -> tuple[ShaclResult, ...]:
        """Return the results of compiled shapes; raise ShapesError if one cannot be applied."""
        suspects_of = self._suspects_of(shapes, Suspects(self._store, shapes))
        suspected = {shape.name: suspects_of(shape) for shape in shapes.targeted}
        queried = {shape.name for shape in shapes.targeted if _has_query(shape)}
        if not queried and not any(suspected.values()):
            return ()
        reference = Reference(shapes, self._quads)
        by_shape = [
            reference.results(name, None if name in queried else terms) for name, terms in suspected.items()
        ]
        return tuple(result for results in by_shape for result in results)

    def judge(
        self,
        shapes: ShapesGraph,
        progress: Progress = _SILENT,
        seconds: float | None = None,
        steps: tuple[str, str] = _STEPS,
    ) -> "GraphJudgement":
        """Return the results of shapes, and what could not be applied; compiled are those with many focus nodes.

        A shape that takes too many of the ``seconds`` for all shapes could not be applied.
        ``progress`` shows the two ``steps``.
        """
        allowance = Allowance(seconds)
        with show_step(progress, steps[0]):
            focus = dict(self.focus_nodes(shapes))
            queried = {shape.name for shape in shapes.targeted if _has_query(shape)}
            many = {name for name, terms in focus.items() if len(terms) > _FEW and name not in queried}
            try:
                compiled = shapes.compile(many, in_parts=True)
            except RecursionError:  # pySHACL has a limit of its own, and says which shape is nested too deep
                compiled = shapes.compile(set())
            questions = self._questions(compiled, allowance)
            suspected = focus | {name: one.terms for name, one in questions.items()}
        if not queried and not any(suspected.values()):
            return GraphJudgement((), (), focus, frozenset())
        reference = Reference(reference_shapes(shapes), self._quads)
        results: list[ShaclResult] = []
        failures: list[Failure] = []
        slow = {shape.name for shape in compiled.targeted} - questions.keys()
        in_order = sorted(suspected.items(), key=lambda each: each[0] in slow)
        for name, terms in progress.track(in_order, steps[1], len(suspected)):
            try:
                with allowance.step():
                    if name in queried:
                        focus[name] = terms = reference.focus_nodes(name)
                    of_shape = [*questions[name].results(reference)] if name in questions else []
                    of_shape += reference.results(name, terms) if terms and name not in questions else ()
                results += filter(_is_sure, of_shape) if name in reference.cut_short else of_shape
            except ShapesError as error:
                of_parts, failed = _by_part(
                    reference, shapes.property_shapes(name), Failure(name, "", error), terms, allowance
                )
                results += of_parts
                failures += failed
        return GraphJudgement(tuple(results), tuple(failures), focus, frozenset(reference.cut_short))

    def _questions(self, shapes: Shapes, allowance: Allowance) -> dict[str, ShapeCandidates]:
        """Return the suspects of each compiled shape, and which of its property shapes judge them.

        A shape whose queries take too long is left out.
        """
        suspects = Suspects(self._store, shapes)
        suspected = self._suspects_of(shapes, suspects)
        named = self._doubtful_terms if shapes.targeted else set()

        def question(shape: Shape) -> ShapeCandidates:
            return candidates_of(shape, suspects, suspected(shape), named)

        answers = each_apart(question, shapes.targeted, allowance)
        return {shape.name: one for shape, one in answers if one is not None}

    @cached_property
    def _doubtful(self) -> list[Quad]:
        return [quad for quad in self._quads if lexical.is_doubtful(quad)]

    @cached_property
    def _doubtful_terms(self) -> set[str]:
        return {str(term) for quad in self._doubtful for term in (quad.subject, quad.object)}

    def _suspects_of(self, shapes: Shapes, suspects: Suspects) -> Callable[[Shape], set[str]]:
        """Return what finds the suspects of a shape."""
        if not shapes.targeted or not self._doubtful:
            return suspects.of
        read = any(quad.predicate.value in shapes.later for quad in self._doubtful)
        find = suspects.targets if read or EVERYWHERE in shapes.later else suspects.of
        return lambda shape: find(shape) | self._doubtful_terms


@dataclass(frozen=True, slots=True)
class GraphJudgement:
    """The results of shapes on a graph, what could not be applied, and the focus nodes of each shape by its name.

    ``cut_short`` are the shapes that refer to themselves and were not followed to the end.
    """

    results: tuple[ShaclResult, ...]
    failures: tuple[Failure, ...]
    focus_nodes: Mapping[str, Set[str]]
    cut_short: Set[str]


def _is_sure(result: ShaclResult) -> bool:
    """Return whether a result of a shape that was not followed to the end holds all the same."""
    return result.component not in _UNSURE and all(map(_is_sure, result.details))


def _has_query(shape: Shape) -> bool:
    return any(target.kind == "query" for target in shape.targets)


def _by_part(
    reference: Reference, parts: Iterable[str], whole: Failure, terms: Set[str], allowance: Allowance
) -> tuple[list[ShaclResult], list[Failure]]:
    """Return the results of the property shapes of a shape that fails as a whole, and which of them fail.

    Where none does it is another of its constraints that fails.
    """
    results: list[ShaclResult] = []
    failures: list[Failure] = []
    for part in parts:
        try:
            with allowance.step():
                results += reference.results(whole.shape, terms, part)
        except ShapesError as error:
            failures.append(Failure(whole.shape, part, error))
    return results, failures or [whole]
