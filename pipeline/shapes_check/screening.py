"""Screening: every statement of shapes held against the table of terms, in one pass; what is not applied is a fault."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode

from pipeline.findings.messages import Sentence
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.model.finding import Suggestion
from pipeline.rdf.vocabulary import OWL, RDF, RDFS, SH
from pipeline.shapes_check.datatypes import LITERAL, is_datatype, is_missing, short_datatype, suggest_datatype
from pipeline.shapes_check.faults import Fault, fault_of
from pipeline.shapes_check.shacl_terms import (
    DASH,
    NOT_APPLIED,
    ShaclTerm,
    full,
    is_known,
    later_resources,
    short,
    suggest_term,
    terms,
)
from pipeline.shapes_check.term_values import KINDS

_LIKE_SHACL = re.compile(r"(?i)https?://(?:www\.)?w3\.org/(?:[a-z0-9]+/)*shacl[#/]*(\w*)")
_OTHERS = re.compile(r"(?i)https?://(?:www\.)?w3\.org/(?:[a-z0-9]+/)*shacl-")
_LIKE_DASH = re.compile(r"(?i)https?://(?:www\.)?datashapes\.org/dash[#/]*(\w*)")
_REFERENCES = tuple(
    SH + name for name in ("property", "node", "not", "qualifiedValueShape", "filterShape", "parameter")
)
_LISTS = tuple(SH + name for name in ("and", "or", "xone"))
_LEADING_TO_PATHS = tuple(
    SH + name for name in ("path", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
)
_LEADING_ELSEWHERE = tuple(
    SH + name
    for name in ("sparql", "target", "validator", "nodeValidator", "propertyValidator", "expression", "rule")
)
"""What refers to SPARQL constraints, targets, validators, expressions and rules, which are no shapes."""

_TARGETS = tuple(SH + f"target{name}" for name in ("Class", "Node", "ObjectsOf", "SubjectsOf", ""))
_HAS_PURPOSE = frozenset((*_TARGETS, SH + "targetWhere", SH + "shape"))
_SHAPES = frozenset(f"<{SH}{name}>" for name in ("NodeShape", "PropertyShape"))
_CLASSES = frozenset((f"<{RDFS}Class>", f"<{OWL}Class>"))
_MAY_BE_LISTS = frozenset(("class", "datatype", "node-kind"))
_NEEDS = {
    "sh:flags": ("sh:pattern",),
    "sh:ignoredProperties": ("sh:closed",),
    "sh:qualifiedValueShape": ("sh:qualifiedMinCount", "sh:qualifiedMaxCount"),
    "sh:qualifiedMinCount": ("sh:qualifiedValueShape",),
    "sh:qualifiedMaxCount": ("sh:qualifiedValueShape",),
    "sh:qualifiedValueShapesDisjoint": ("sh:qualifiedValueShape",),
}
"""Term → what it has no effect without: one of these."""


class Screening:
    """Holds the statements of one graph of shapes against the table of terms.

    ``_parameters`` describe those of components, functions and targets; their paths are names of their own.
    """

    def __init__(self, index: ShapesIndex) -> None:
        self._index = index
        self._paths = {node for node in index.values(*_LEADING_TO_PATHS) if isinstance(node, BlankNode)}
        self._parameters = set(index.values(SH + "parameter"))
        self._properties = set(index.values(SH + "property"))
        self._no_shapes = set(index.values(*_LEADING_ELSEWHERE))
        self._referenced = {
            node: None for node in self._references() if isinstance(node, NamedNode | BlankNode)
        }

    def _references(self) -> Iterator[Node]:
        """Yield what is referred to as a shape."""
        for _, predicate, values in self._index.statements():
            if predicate in _LISTS:
                yield from (item for head in values for item in self._index.items(head) or ())
            elif predicate in _REFERENCES:
                yield from values

    def faults(self) -> Iterator[Fault]:
        """Yield what is not applied, in the order in which it was read."""
        for subject, predicate, values in self._index.statements():
            term = terms().get(predicate)
            if predicate in self.declared_parameters:
                continue
            unknown = [each for value in values for each in self._of_value(subject, predicate, value)]
            if term is not None:
                doubtful = {fault.value for fault in unknown}
                yield from self._of_term(
                    subject, predicate, term, [one for one in values if one not in doubtful]
                )
            else:
                yield from _unknown(subject, predicate, None, predicate, as_property=True)
            yield from unknown
        for shape in self.shapes:
            yield from self._of_shape(shape)

    def _of_value(self, subject: Subject, predicate: str, value: Node) -> Iterator[Fault]:
        """Yield the fault of a value that would be a term of SHACL or DASH, and is none, or one of SHACL 1.2."""
        if not isinstance(value, NamedNode) or _is_defined(self._index, value):
            return
        if predicate == SH + "path" and subject in self._parameters:
            return
        term = terms().get(predicate)
        is_harmless = term is None or term.status in ("structure", "note")
        if value.value in later_resources():
            fault = fault_of(subject, predicate, value, "not-applied-1.2", term=short(value.value))
            yield replace(fault, is_harmless=is_harmless)
            return
        for fault in _unknown(subject, predicate, value, value.value, as_property=False):
            yield replace(fault, is_harmless=is_harmless, is_remark=predicate == RDF + "type")

    @cached_property
    def shapes(self) -> Mapping[Subject, None]:
        """The shapes of the graph: what has targets or parameters, and what others refer to as shapes."""
        subjects: dict[Subject, None] = {}
        for subject, predicate, values in self._index.statements():
            term = terms().get(predicate)
            is_typed = predicate == RDF + "type" and not _SHAPES.isdisjoint(map(str, values))
            if is_typed or (term is not None and term.status in ("target", "constraint")):
                subjects[subject] = None
        return {subject: None for subject in subjects | self._referenced if subject not in self._paths}

    @cached_property
    def unused_shapes(self) -> tuple[Subject, ...]:
        """The shapes that have no target and that no other shape refers to."""
        return tuple(
            shape
            for shape in self.shapes
            if shape not in self._referenced
            and not self._index.predicates(shape) & _HAS_PURPOSE
            and _CLASSES.isdisjoint(self._index.types(shape))
            and not self._is_something_else(shape)
        )

    @cached_property
    def declared_parameters(self) -> frozenset[str]:
        """The parameters of the constraint components that the graph declares itself."""
        paths = (path for one in self._parameters for path in self._index.objects(one, SH + "path"))
        own = (path.value for path in paths if isinstance(path, NamedNode))
        return frozenset(iri for iri in own if not iri.startswith(SH))

    def _is_something_else(self, subject: Subject) -> bool:
        """Return whether a node with terms of shapes has another role in SHACL, such as that of a function."""
        return any(one.startswith((f"<{SH}", f"<{DASH}")) for one in self._index.types(subject) - _SHAPES)

    def _of_term(
        self, subject: Subject, predicate: str, term: ShaclTerm, values: list[Node]
    ) -> Iterator[Fault]:
        whole = "" if term.value == "path" else predicate
        if term.status in NOT_APPLIED:
            place = "" if term.name == "sh:values" else predicate  # else other values would be judged
            yield fault_of(subject, place, None, f"not-applied-{term.status}", term=term.name)
            return
        if term.most and len(values) > term.most:
            yield fault_of(subject, whole, None, "several-values", term=term.name, number=len(values))
            return
        if subject in self._paths and term.on and "path" not in term.on:
            yield fault_of(subject, predicate, None, "in-path", term=term.name)
            return
        if self._is_misplaced(subject, term):
            name = "of-property-shapes" if "property" in term.on else "not-of-shapes"
            yield fault_of(subject, predicate, None, name, term=term.name)
            return
        for value in values:
            needed = KINDS[term.value](self._index, value)
            if needed is None:
                yield from self._of_reference(subject, predicate, term, value)
            elif term.value in _MAY_BE_LISTS and self._index.objects(value, RDF + "first"):
                yield fault_of(subject, predicate, value, "list-of-values", term=term.name)
            else:
                yield _wrong(subject, whole, term, value, needed)
        needs = _NEEDS.get(term.name)
        if needs and not any(self._index.objects(subject, full(name)) for name in needs):
            yield fault_of(subject, predicate, None, "without-effect", term=term.name, other=needs[0])

    def _of_reference(
        self, subject: Subject, predicate: str, term: ShaclTerm, value: Node
    ) -> Iterator[Fault]:
        """Yield the faults of a value that is well formed, but refers to something that there is not."""
        members = self._index.items(value) or () if term.value in ("list", "shapes") else (value,)
        if term.value in ("list", "value", "limit"):
            datatypes = [one.datatype.value for one in members if isinstance(one, Literal)]
        else:
            datatypes = [
                one.value for one in members if isinstance(one, NamedNode) and term.value == "datatype"
            ]
        for iri in datatypes:
            if is_missing(iri):
                other = suggest_datatype(iri)
                yield _misspelt(subject, predicate, value, "datatype", other, iri=iri)
        if isinstance(value, NamedNode):
            yield from _of_literals(subject, predicate, term, value)
        for shape in members if term.value in ("shape", "node-shape", "shapes") else ():
            if isinstance(shape, NamedNode) and not self._index.predicates(shape):
                yield _not_described(subject, predicate, value, term.name, shape)

    def _is_misplaced(self, subject: Subject, term: ShaclTerm) -> bool:
        if subject not in self.shapes or self._is_something_else(subject) or not term.on:
            return False
        if "property" in term.on:
            return not self._index.objects(subject, SH + "path") and not self._must_have_path(subject)
        is_parameter = "parameter" in term.on and subject in self._referenced
        return "shape" not in term.on and not is_parameter and subject not in self._no_shapes

    def _must_have_path(self, subject: Subject) -> bool:
        return subject in self._properties or f"<{SH}PropertyShape>" in self._index.types(subject)

    def _of_shape(self, shape: Subject) -> Iterator[Fault]:
        has_path = bool(self._index.objects(shape, SH + "path"))
        types = self._index.types(shape)
        if types >= _SHAPES:
            yield fault_of(shape, "", None, "shape-of-two-kinds")
        elif isinstance(shape, NamedNode) and not self._index.predicates(shape) and shape in self._properties:
            yield _not_described(shape, "", None, "sh:property", shape)
        elif not has_path and self._must_have_path(shape):
            yield fault_of(shape, "", None, "property-shape-without-path")
        elif has_path and f"<{SH}NodeShape>" in types:
            yield fault_of(shape, "", None, "node-shape-with-path")


def _wrong(subject: Subject, predicate: str, term: ShaclTerm, value: Node, needed: Sentence) -> Fault:
    """Return the fault of a value of the wrong kind."""
    fault = fault_of(
        subject, predicate, value, "wrong-value", term=term.name, needed=needed, value=_format_node(value)
    )
    is_harmless = term.status == "structure" and term.name not in ("sh:path", "sh:property")
    return replace(fault, is_harmless=is_harmless)


def _of_literals(subject: Subject, predicate: str, term: ShaclTerm, value: NamedNode) -> Iterator[Fault]:
    """Yield the fault of a datatype where a class is needed, and of rdfs:Literal where a datatype is."""
    if term.value == "class" and (is_datatype(value.value) or value.value == LITERAL):
        name = "rdfs:Literal" if value.value == LITERAL else short_datatype(value.value)
        other = "sh:nodeKind sh:Literal" if value.value == LITERAL else f"sh:datatype {name}"
        yield fault_of(subject, predicate, value, "class-needed", term=term.name, type=name, other=other)
    elif term.value == "datatype" and value.value == LITERAL:
        yield replace(fault_of(subject, predicate, value, "any-literal"), is_remark=True)


def _not_described(
    subject: Subject, predicate: str, value: Node | None, term: str, shape: NamedNode
) -> Fault:
    return fault_of(subject, predicate, value, "shape-not-described", term=term, shape=shape.value)


def _is_defined(index: ShapesIndex, value: NamedNode) -> bool:
    """Return whether a term is none of SHACL's, or one that there is, or one that the graph itself describes."""
    is_theirs = value.value.startswith((SH, DASH)) or "shacl" in value.value.lower()
    return not is_theirs or is_known(value.value) or bool(index.predicates(value))


def _unknown(
    subject: Subject, predicate: str, value: Node | None, iri: str, *, as_property: bool
) -> Iterator[Fault]:
    """Yield the fault that a term of SHACL or DASH does not exist, or is in a namespace that is not theirs."""
    if iri.startswith((SH, DASH)):
        name = short(iri)
        other = suggest_term(name, as_property=as_property)
        yield _misspelt(subject, predicate, value, "term", other, term=name)
    elif (right := _in_right_namespace(iri)) is not None:
        fault = fault_of(subject, predicate, value, "namespace-unknown", iri=iri, other=right)
        yield replace(fault, suggestion=Suggestion(right, 0.99))


def _misspelt(
    subject: Subject, predicate: str, value: Node | None, kind: str, other: Suggestion | None, **names: str
) -> Fault:
    """Return the fault of a term or datatype that does not exist, with the one that may be meant."""
    if other is None:
        return fault_of(subject, predicate, value, f"{kind}-unknown", **names)
    fault = fault_of(subject, predicate, value, f"{kind}-misspelt", **names, other=other.value)
    return replace(fault, suggestion=other)


def _in_right_namespace(iri: str) -> str | None:
    """Return the term of SHACL or DASH that an IRI in a namespace like theirs stands for."""
    for pattern, space in ((_LIKE_SHACL, SH), (_LIKE_DASH, DASH)):
        match = pattern.fullmatch(iri)
        if match is not None and match[1] and not _OTHERS.match(iri) and is_known(space + match[1]):
            return space + match[1]
    return None


def _format_node(value: Node) -> str:
    if isinstance(value, BlankNode):
        return "[ … ]"
    if isinstance(value, NamedNode):
        return short(value.value)
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
