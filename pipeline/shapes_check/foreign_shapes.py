"""Shapes of strangers: read like any graph, held against the table of terms, and applied without what is faulty."""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from cachetools import LRUCache
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from pipeline.findings.messages import say
from pipeline.gate.gate_results import ShapesError
from pipeline.gate.reference_shapes import reference_shapes
from pipeline.gate.shapes import ShapesGraph
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.gate.small_graph import Failure
from pipeline.model.errors import PracticegraphError, SourceError, UsageError
from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf.vocabulary import OWL, RDF, SH, XSD
from pipeline.shapes_check.faults import Fault, code_and_sentence, fault_of
from pipeline.shapes_check.files_digest import digest_of
from pipeline.shapes_check.graph_positions import Graph
from pipeline.shapes_check.named_profiles import NamedProfile, NamedProfiles
from pipeline.shapes_check.pruning import Pruning, has_constraints
from pipeline.shapes_check.read_graph import read_graph
from pipeline.shapes_check.screening import Screening
from pipeline.shapes_check.shacl_terms import DASH
from pipeline.shapes_check.shape_queries import (
    Queries,
    ShapeQuery,
    has_one_query,
    prefixes_used,
    sparql_functions,
    stated_prefixes,
    uses_path,
)

_MOST_NAMED = 10
_KNOWN = (SH, SH.rstrip("#"), DASH, DASH.rstrip("#"))
_MOST_TRIPLES = 200_000
"""So many triples of shapes are remembered, all together."""


class ShapesRefused(UsageError):
    """Shapes that are not applied; ``kind`` is unreadable, refused or malformed, ``findings`` say more of it."""

    def __init__(self, kind: str, sentence: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class OwnShapes:
    """Shapes that may be applied, and what was found on them; ``graph`` knows where each is described."""

    shapes: ShapesGraph
    findings: tuple[Finding, ...]
    graph: Graph | None = None

    def failure_finding(self, failure: Failure) -> Finding:
        """Return the finding that a shape could not be applied to the data."""
        return self._on(failure.part or failure.shape, "shape-failed", reason=str(failure.error))

    def recursion_finding(self, shape: str) -> Finding:
        """Return the finding that a shape refers to itself, and was not followed to the end."""
        return self._on(shape, "shape-recursive")

    def _on(self, shape: str, name: str, /, **values: str) -> Finding:
        place = self.graph.place_of(shape) if self.graph is not None else None
        return Finding(Severity.WARNING, *code_and_sentence(name, **values), place, focus=shape.strip("<>"))


_cache: LRUCache[bytes, OwnShapes] = LRUCache(
    _MOST_TRIPLES, lambda own: len(own.graph.numbers) if own.graph else 1
)


def read_shapes(sources: Sequence[tuple[Path, str]], folder: Path) -> OwnShapes:
    """Return the shapes of some files, each given with its name; raise ShapesRefused for what is not applied.

    Shapes that were read before are not checked again.
    """
    key = digest_of(sources)
    known = _cache.get(key)
    if known is not None:
        return known
    try:
        graph = read_graph(sources, folder)
    except SourceError as error:
        raise ShapesRefused("unreadable", str(error)) from error
    own = _ShapesCheck(graph, [name for _, name in sources]).own()
    if len(graph.numbers) <= _MOST_TRIPLES:
        _cache[key] = own
    return own


def compile_all(own: OwnShapes) -> None:
    """Compile shapes before they judge anything; the result is kept as long as the shapes."""
    with suppress(RecursionError, ShapesError):  # said once the shapes are applied
        reference_shapes(own.shapes)
        own.shapes.compile(in_parts=True)


class _ShapesCheck:
    """One graph of shapes while it is checked."""

    def __init__(self, graph: Graph, names: Sequence[str]) -> None:
        self._graph = graph
        self._name = names[0]
        self._files = {PurePosixPath(name).name for name in names}
        self._index = ShapesIndex(graph.triples)
        self._screening = Screening(self._index)

    def own(self) -> OwnShapes:
        """Return the shapes without what is faulty, and the findings; raise ShapesRefused where nothing is left."""
        faults = [
            *self._screening.faults(),
            *self._of_functions(),
            *self._of_queries(),
            *self._of_paths(),
            *self._of_components(),
        ]
        pruning = Pruning(self._index)
        pruning.leave_out(faults)
        remaining = list(map(_in_words, pruning.remaining(self._graph.triples)))
        shapes = ShapesGraph(remaining, self._graph.prefixes)
        findings = [*self._findings(faults), *self._imports(), *self._remarks()]
        self._refuse_nothing(faults, shapes, findings)
        if not shapes.targeted:
            has_shapes = any(predicate.startswith(SH) for _, predicate, _ in self._index.statements())
            what = say("has no shape with a target") if has_shapes else say("contains no shapes")
            findings.append(self._warning("without-target", what=what))
        elif not any(finding.is_unchecked for finding in findings) and not has_constraints(
            shapes.index, self._screening.declared_parameters
        ):
            findings.append(self._warning("without-constraint"))
        return OwnShapes(shapes, tuple(findings), self._graph)

    def _refuse_nothing(
        self, faults: Iterable[Fault], shapes: ShapesGraph, findings: Sequence[Finding]
    ) -> None:
        """Raise ShapesRefused where faulty shapes are all there is."""
        severe = [fault for fault in faults if fault.code in _SEVERE or fault.predicate == SH + "js"]
        if not severe or has_constraints(shapes.index) or not self._has_targets:
            return
        is_refused = any(fault.code == "shapes-refused" or fault.predicate == SH + "js" for fault in severe)
        _, sentence = code_and_sentence(
            "nothing-left", place=self._place(severe[0]), message=severe[0].message
        )
        raise ShapesRefused("refused" if is_refused else "malformed", sentence, findings)

    @cached_property
    def _has_targets(self) -> bool:
        return bool(ShapesGraph(self._graph.triples).targeted)

    def _findings(self, faults: Iterable[Fault]) -> list[Finding]:
        first: dict[tuple[object, ...], Fault] = {}
        for fault in faults:
            first.setdefault((fault.subject, fault.predicate, fault.message), fault)
        return [
            Finding(
                Severity.INFO if fault.is_remark else Severity.WARNING,
                fault.code,
                fault.message,
                self._place(fault),
                focus=str(fault.subject).strip("<>"),
                path=fault.predicate or None,
                suggestion=fault.suggestion,
            )
            for fault in first.values()
        ]

    def _place(self, fault: Fault) -> Place:
        values = self._index.objects(fault.subject, fault.predicate) if fault.value is None else [fault.value]
        value = str(values[0]) if values else None
        predicate = f"<{fault.predicate}>" if fault.predicate else None
        place = self._graph.place_of(str(fault.subject), predicate, value)
        return place or Place(self._name)

    def _of_queries(self) -> Iterator[Fault]:
        """Yield the faults of queries, each at the shapes that use it."""
        prefixes = dict(self._graph.prefixes) | stated_prefixes(self._index)
        functions = sparql_functions(self._index)
        for query, fault in Queries(self._index, prefixes).faults():
            users = list(self._users_of(query))
            for user, predicate, value in users:
                yield replace(fault, subject=user, predicate=predicate, value=value)
            if query.node in functions:  # what calls it has a fault of its own
                yield replace(fault, predicate="", value=None, is_remark=True)
            elif not users:
                yield replace(fault, is_harmless=True)

    def _of_paths(self) -> Iterator[Fault]:
        """Yield the SPARQL constraints of node shapes that speak of $PATH, which only property shapes have."""
        for shape in self._index.subjects(SH + "sparql"):
            for node in self._index.objects(shape, SH + "sparql"):
                queries = self._index.objects(node, SH + "select")
                texts = (query.value for query in queries if isinstance(query, Literal))
                if any(map(uses_path, texts)) and not self._index.objects(shape, SH + "path"):
                    yield fault_of(shape, SH + "sparql", node, "path-without-shape")

    def _users_of(self, query: ShapeQuery) -> Iterator[tuple[Subject, str, Node | None]]:
        """Yield the constraints and targets that a query belongs to, as subject, predicate and value."""
        for name in ("sparql", "target", "expression"):
            for user in self._users.get((SH + name, query.node), ()):
                yield user, SH + name, query.node
        for predicate in _VALIDATORS:
            for component in self._users.get((predicate, query.node), ()):
                yield from self._uses_of_component(component)
        for target in self._index.subjects(RDF + "type"):
            if query.node in self._index.objects(target, RDF + "type"):
                for user in self._users.get((SH + "target", target), ()):
                    yield user, SH + "target", target

    @cached_property
    def _users(self) -> dict[tuple[str, Node], list[Subject]]:
        users: dict[tuple[str, Node], list[Subject]] = {}
        for predicate in (SH + "sparql", SH + "target", SH + "expression", *_VALIDATORS):
            for user in self._index.subjects(predicate):
                for value in self._index.objects(user, predicate):
                    users.setdefault((predicate, value), []).append(user)
        return users

    def _uses_of_component(self, component: Subject) -> Iterator[tuple[Subject, str, None]]:
        for parameter in self._index.objects(component, SH + "parameter"):
            for path in self._index.objects(parameter, SH + "path"):
                if isinstance(path, NamedNode) and not path.value.startswith(SH):
                    for user in self._index.subjects(path.value):
                        if f"<{SH}Parameter>" not in self._index.types(user):
                            yield user, path.value, None

    def _of_functions(self) -> Iterator[Fault]:
        for function in sorted(sparql_functions(self._index), key=str):
            if not has_one_query(self._index, function):
                yield fault_of(function, "", None, "function-without-query")

    def _of_components(self) -> Iterator[Fault]:
        """Yield the uses of constraint components that the graph declares without a query to judge by."""
        for component in self._index.instances(SH + "ConstraintComponent"):
            nodes = [node for name in _VALIDATORS for node in self._index.objects(component, name)]
            has_query = any(
                self._index.objects(node, query) for node in nodes for query in (SH + "select", SH + "ask")
            )
            if not has_query and not str(component).startswith(f"<{SH}"):
                name = str(component)
                for place in self._uses_of_component(component):
                    yield fault_of(*place, "component-without-validator", name=name)

    def _imports(self) -> Iterator[Finding]:
        described = {
            subject.value for subject in self._index.subjects(RDF + "type") if isinstance(subject, NamedNode)
        }
        imported = {
            str(value)
            for value in self._index.values(OWL + "imports")
            if not (isinstance(value, NamedNode) and self._is_here(value.value, described))
        }
        if imported:
            yield self._warning("imports", imports=", ".join(sorted(imported))[:500])

    def _is_here(self, imported: str, described: Set[str]) -> bool:
        """Return whether what is imported is among the files, as an ontology or by the name of its file."""
        name = imported.rpartition("/")[2]
        return imported in described or imported in _KNOWN or name in self._files

    def _remarks(self) -> Iterator[Finding]:
        unused = [str(shape) for shape in self._screening.unused_shapes if not isinstance(shape, BlankNode)]
        if unused and self._has_targets:
            yield self._remark("shapes-unused", shapes=first_names(unused))
        if not _DIGITS.isdisjoint(self._index.values(SH + "uniqueLang")):
            yield self._remark("digits")
        stated, used = stated_prefixes(self._index), prefixes_used(self._index)
        undeclared = used & (self._graph.prefixes.keys() - stated.keys())
        if undeclared:
            prefixes = ", ".join(sorted(f"{name}:" for name in undeclared))
            yield self._remark("prefixes-undeclared", prefixes=prefixes)
        for name in sorted(used & stated.keys() & self._graph.prefixes.keys()):
            one, other = stated[name], self._graph.prefixes[name]
            if one != other:
                yield self._remark("prefix-differs", prefix=f"{name}:", stated=one, other=other)

    def _warning(self, name: str, /, **values: str) -> Finding:
        return Finding(
            Severity.WARNING, *code_and_sentence(name, file=self._name, **values), Place(self._name)
        )

    def _remark(self, name: str, /, **values: str) -> Finding:
        return replace(self._warning(name, **values), severity=Severity.INFO)


def _in_words(quad: Quad) -> Quad:
    """Return a statement of shapes with true and false in place of 1 and 0, which pySHACL takes for neither."""
    value = quad.object
    if isinstance(value, Literal) and value in _DIGITS and quad.predicate.value in _TRUTHS:
        word = "true" if value.value == "1" else "false"
        return Quad(quad.subject, quad.predicate, Literal(word, datatype=value.datatype), quad.graph_name)
    return quad


_DIGITS = frozenset(Literal(digit, datatype=NamedNode(XSD + "boolean")) for digit in "10")
_TRUTHS = frozenset(
    SH + name for name in ("closed", "deactivated", "qualifiedValueShapesDisjoint", "optional")
)
"""The test uniqueLang-002 of the W3C says that sh:uniqueLang counts only where it is written as true."""

_SEVERE = frozenset(("shapes-malformed", "shapes-refused", "shapes-function-unknown"))
_VALIDATORS = tuple(SH + name for name in ("validator", "nodeValidator", "propertyValidator"))


def first_names(shapes: Sequence[str]) -> str:
    """Return the first few of some shapes, and how many more there are."""
    more = len(shapes) - _MOST_NAMED
    return ", ".join(shapes[:_MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def check_profiles(listed: NamedProfiles) -> NamedProfiles:
    """Return the profiles whose shapes can be applied, and add to the problems why others cannot.

    The shapes stay in this process, and in those forked from it, as if they had been read there.
    """
    profiles: list[NamedProfile] = []
    problems = list(listed.problems)
    for profile in listed.profiles:
        try:
            with TemporaryDirectory(prefix="practicegraph-") as folder:
                read_shapes(profile.sources, Path(folder))
            profiles.append(profile)
        except (PracticegraphError, OSError, RecursionError) as error:
            problems.append(f"{profile.name}/{profile.version}: {str(error) or type(error).__name__}")
    return NamedProfiles(tuple(profiles), tuple(problems))
