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
from pipeline.gate import Failure, ShapesError, ShapesGraph, reference_shapes
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.model.errors import PracticegraphError, SourceError, UsageError
from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf.vocabulary import OWL, RDF, SH, XSD
from pipeline.shapes_check.files_digest import digest_of
from pipeline.shapes_check.graph_positions import Graph
from pipeline.shapes_check.named_profiles import NamedProfile, NamedProfiles
from pipeline.shapes_check.pruning import Pruning, has_constraints
from pipeline.shapes_check.read_graph import read_graph
from pipeline.shapes_check.screening import Fault, Screening
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

    def failed(self, failure: Failure) -> Finding:
        """Return the finding that a shape could not be applied to the data."""
        term = failure.part or failure.shape
        place = self.graph.place_of(term) if self.graph is not None else None
        message = say(
            "This shape could not be applied, so its rule was not checked: {reason}",
            reason=str(failure.error),
        )
        return Finding(Severity.WARNING, "shapes-malformed", message, place, focus=term.strip("<>"))

    def cut_short(self, shape: str) -> Finding:
        """Return the finding that a shape refers to itself, and was not followed to the end."""
        place = self.graph.place_of(shape) if self.graph is not None else None
        message = say(
            "This shape refers to itself. It was followed for a few rounds only, so nodes further away were not "
            "checked."
        )
        return Finding(Severity.WARNING, "shapes-recursive", message, place, focus=shape.strip("<>"))


_checked: LRUCache[bytes, OwnShapes] = LRUCache(
    _MOST_TRIPLES, lambda own: len(own.graph.numbers) if own.graph else 1
)


def read_shapes(sources: Sequence[tuple[Path, str]], folder: Path) -> OwnShapes:
    """Return the shapes of some files, each given with its name; raise ShapesRefused for what is not applied.

    Shapes that were read before are not checked again.
    """
    key = digest_of(sources)
    known = _checked.get(key)
    if known is not None:
        return known
    try:
        graph = read_graph(sources, folder)
    except SourceError as error:
        raise ShapesRefused("unreadable", str(error)) from error
    own = _Checked(graph, [name for _, name in sources]).own()
    if len(graph.numbers) <= _MOST_TRIPLES:
        _checked[key] = own
    return own


def compile_all(own: OwnShapes) -> None:
    """Compile shapes before they judge anything; the result is kept as long as the shapes."""
    with suppress(RecursionError, ShapesError):  # said once the shapes are applied
        reference_shapes(own.shapes)
        own.shapes.compiled(in_parts=True)


class _Checked:
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
            findings.append(self._without_target())
        elif not any(finding.is_unchecked for finding in findings) and not has_constraints(
            shapes.index, self._screening.declared
        ):
            findings.append(self._without_constraint())
        return OwnShapes(shapes, tuple(findings), self._graph)

    def _refuse_nothing(
        self, faults: Iterable[Fault], shapes: ShapesGraph, findings: Sequence[Finding]
    ) -> None:
        """Raise ShapesRefused where faulty shapes are all there is."""
        severe = [fault for fault in faults if fault.code in _SEVERE or fault.predicate == SH + "js"]
        if not severe or has_constraints(shapes.index) or not self._has_targets:
            return
        is_refused = any(fault.code == "shapes-refused" or fault.predicate == SH + "js" for fault in severe)
        kind = "refused" if is_refused else "malformed"
        where = self._place(severe[0])
        sentence = say(
            "{place}: {message} Nothing else is left to check.", place=where, message=severe[0].message
        )
        raise ShapesRefused(kind, sentence, findings)

    @cached_property
    def _has_targets(self) -> bool:
        return bool(ShapesGraph(self._graph.triples).targeted)

    def _findings(self, faults: Iterable[Fault]) -> Iterator[Finding]:
        seen = set[tuple[object, ...]]()
        for fault in faults:
            key = (fault.subject, fault.predicate, fault.message)
            if key in seen:
                continue
            seen.add(key)
            yield Finding(
                Severity.INFO if fault.is_remark else Severity.WARNING,
                fault.code,
                fault.message,
                self._place(fault),
                focus=str(fault.subject).strip("<>"),
                path=fault.predicate or None,
                suggestion=fault.suggestion,
            )

    def _place(self, fault: Fault) -> Place:
        values = (
            [fault.value] if fault.value is not None else self._index.objects(fault.subject, fault.predicate)
        )
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
            yield from (
                replace(fault, subject=user, predicate=predicate, value=value)
                for user, predicate, value in users
            )
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
                    message = say(
                        "The query uses $PATH, but its shape has no sh:path, so this constraint was left out. Name "
                        "the property, or move the constraint into a property shape."
                    )
                    yield Fault(shape, SH + "sparql", node, "shapes-malformed", message)

    def _users_of(self, query: ShapeQuery) -> Iterator[tuple[Subject, str, Node | None]]:
        """Yield the constraints and targets that a query belongs to, as subject, predicate and value."""
        for name in ("sparql", "target", "expression"):
            for user in self._users.get((SH + name, query.node), ()):
                yield user, SH + name, query.node
        for name in ("validator", "nodeValidator", "propertyValidator"):
            for component in self._users.get((SH + name, query.node), ()):
                yield from self._uses_of_component(component)
        for target in self._index.subjects(RDF + "type"):
            if query.node in self._index.objects(target, RDF + "type"):
                for user in self._users.get((SH + "target", target), ()):
                    yield user, SH + "target", target

    @cached_property
    def _users(self) -> dict[tuple[str, Node], list[Subject]]:
        users: dict[tuple[str, Node], list[Subject]] = {}
        names = ("sparql", "target", "expression", "validator", "nodeValidator", "propertyValidator")
        for predicate in (SH + name for name in names):
            for user in self._index.subjects(predicate):
                for value in self._index.objects(user, predicate):
                    users.setdefault((predicate, value), []).append(user)
        return users

    def _uses_of_component(self, component: Subject) -> Iterator[tuple[Subject, str, None]]:
        for parameter in self._index.objects(component, SH + "parameter"):
            for path in self._index.objects(parameter, SH + "path"):
                if isinstance(path, NamedNode) and not path.value.startswith(SH):
                    users = self._index.subjects(path.value)
                    yield from ((user, path.value, None) for user in users if not self._is_parameter(user))

    def _is_parameter(self, subject: Subject) -> bool:
        return NamedNode(SH + "Parameter") in self._index.objects(subject, RDF + "type")

    def _of_functions(self) -> Iterator[Fault]:
        for function in sorted(sparql_functions(self._index), key=str):
            if not has_one_query(self._index, function):
                message = say(
                    "A sh:SPARQLFunction needs one query in sh:select or sh:ask. This one was left out."
                )
                yield Fault(function, "", None, "shapes-malformed", message)

    def _of_components(self) -> Iterator[Fault]:
        """Yield the uses of constraint components that the graph declares without a query to judge by."""
        validators = tuple(SH + name for name in ("validator", "nodeValidator", "propertyValidator"))
        queries = (SH + "select", SH + "ask")
        for component in self._index.subjects(RDF + "type"):
            types = self._index.objects(component, RDF + "type")
            if NamedNode(SH + "ConstraintComponent") not in types or str(component).startswith(f"<{SH}"):
                continue
            nodes = [node for name in validators for node in self._index.objects(component, name)]
            if any(self._index.objects(node, query) for node in nodes for query in queries):
                continue
            message = say(
                "The constraint component {name} has no validator in SPARQL, so it was not applied.",
                name=str(component),
            )
            for user, predicate, value in self._uses_of_component(component):
                yield Fault(user, predicate, value, "shapes-unsupported", message)

    def _imports(self) -> Iterator[Finding]:
        described = {
            subject.value for subject in self._index.subjects(RDF + "type") if isinstance(subject, NamedNode)
        }
        imported = sorted(
            {
                str(value)
                for subject in self._index.subjects(OWL + "imports")
                for value in self._index.objects(subject, OWL + "imports")
                if not (isinstance(value, NamedNode) and self._is_here(value.value, described))
            }
        )
        if imported:
            message = say(
                "{file} imports other files, which are never fetched, so their rules were not applied: {imports}. "
                "Add these files to your shapes.",
                file=self._name,
                imports=", ".join(imported)[:500],
            )
            yield Finding(Severity.WARNING, "shapes-imports", message, Place(self._name))

    def _is_here(self, imported: str, described: Set[str]) -> bool:
        """Return whether what is imported is among the files, as an ontology or by the name of its file."""
        name = imported.rpartition("/")[2]
        return imported in described or imported in _KNOWN or name in self._files

    def _remarks(self) -> Iterator[Finding]:
        unused = [str(shape) for shape in self._screening.unused if not isinstance(shape, BlankNode)]
        if unused and self._has_targets:
            message = say(
                "{file}: these shapes have no target, and no other shape refers to them, so they were not applied: "
                "{shapes}.",
                file=self._name,
                shapes=named(unused),
            )
            yield Finding(Severity.INFO, "shapes-unused", message, Place(self._name))
        unique = [
            subject
            for subject in self._index.subjects(SH + "uniqueLang")
            if not _DIGITS.isdisjoint(self._index.objects(subject, SH + "uniqueLang"))
        ]
        if unique:
            message = say(
                "{file}: sh:uniqueLang counts only if it is written as true or false, so 1 and 0 were not applied.",
                file=self._name,
            )
            yield Finding(Severity.INFO, "shapes-unused", message, Place(self._name))
        stated, used = stated_prefixes(self._index), prefixes_used(self._index)
        undeclared = used & (self._graph.prefixes.keys() - stated.keys())
        if undeclared:
            message = say(
                "{file}: queries use prefixes that no sh:declare states, so those of the file were taken: {prefixes}. "
                "Other validators may refuse this.",
                file=self._name,
                prefixes=", ".join(sorted(f"{name}:" for name in undeclared)),
            )
            yield Finding(Severity.INFO, "shapes-prefix", message, Place(self._name))
        for name in sorted(used & stated.keys() & self._graph.prefixes.keys()):
            if stated[name] != self._graph.prefixes[name]:
                message = say(
                    "{file}: queries use {prefix} for <{stated}>, as sh:declare states, but the file uses it for "
                    "<{other}>. Check which one is right.",
                    file=self._name,
                    prefix=f"{name}:",
                    stated=stated[name],
                    other=self._graph.prefixes[name],
                )
                yield Finding(Severity.INFO, "shapes-prefix", message, Place(self._name))

    def _without_target(self) -> Finding:
        has_shapes = any(predicate.startswith(SH) for _, predicate, _ in self._index.statements())
        what = say("has no shape with a target") if has_shapes else say("contains no shapes")
        message = say(
            "{file} {what}, so nothing was checked. State what each shape is for, for example with sh:targetClass.",
            file=self._name,
            what=what,
        )
        return Finding(Severity.WARNING, "shapes-without-target", message, Place(self._name))

    def _without_constraint(self) -> Finding:
        message = say(
            "{file}: no active shape with a target has a constraint, so nothing was checked. Add constraints such as "
            "sh:property, or remove sh:deactivated.",
            file=self._name,
        )
        return Finding(Severity.WARNING, "shapes-without-constraint", message, Place(self._name))


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
_TARGETS = tuple(SH + f"target{name}" for name in ("Class", "Node", "ObjectsOf", "SubjectsOf", ""))


def named(shapes: Sequence[str]) -> str:
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
