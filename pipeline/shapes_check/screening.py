"""Screening: every statement of shapes held against the table of terms, in one pass; what is not applied is a fault."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from pipeline.findings.messages import Sentence, say
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.model.finding import Suggestion
from pipeline.rdf.vocabulary import RDF, SH
from pipeline.shapes_check.datatypes import LITERAL, is_datatype, short_datatype, unknown_datatype
from pipeline.shapes_check.shacl_terms import (
    DASH,
    NOT_APPLIED,
    ShaclTerm,
    full,
    is_known,
    later_resources,
    meant,
    short,
    terms,
)
from pipeline.shapes_check.term_values import KINDS

_LIKE_SHACL = re.compile(r"(?i)https?://(?:www\.)?w3\.org/(?:[a-z0-9]+/)*shacl[#/]*(\w*)")
_OTHERS = re.compile(r"(?i)https?://(?:www\.)?w3\.org/(?:[a-z0-9]+/)*shacl-")
_LIKE_DASH = re.compile(r"(?i)https?://(?:www\.)?datashapes\.org/dash[#/]*(\w*)")
_REFERENCES = tuple(SH + name for name in ("property", "node", "not", "qualifiedValueShape"))
_LISTS = tuple(SH + name for name in ("and", "or", "xone"))
_LEADING_TO_PATHS = tuple(
    SH + name for name in ("path", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
)
_TARGETS = tuple(SH + f"target{name}" for name in ("Class", "Node", "ObjectsOf", "SubjectsOf", ""))
_NEEDS = {
    "sh:flags": ("sh:pattern",),
    "sh:ignoredProperties": ("sh:closed",),
    "sh:qualifiedValueShape": ("sh:qualifiedMinCount", "sh:qualifiedMaxCount"),
    "sh:qualifiedMinCount": ("sh:qualifiedValueShape",),
    "sh:qualifiedMaxCount": ("sh:qualifiedValueShape",),
    "sh:qualifiedValueShapesDisjoint": ("sh:qualifiedValueShape",),
}
"""Term → what it has no effect without: one of these."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not applied of shapes, and why.

    ``value`` is None where all values of the predicate are meant; the predicate is empty where it is the whole shape.
    ``is_harmless`` says that nothing is left out of what the shape checks, ``is_remark`` that nothing changes at all;
    a remark on a whole subject leaves out what no shape uses.
    """

    subject: Subject
    predicate: str
    value: Node | None
    code: str
    message: Sentence
    suggestion: Suggestion | None = None
    is_harmless: bool = False
    is_remark: bool = False


class Screening:
    """Holds the statements of one graph of shapes against the table of terms."""

    def __init__(self, index: ShapesIndex) -> None:
        self._index = index

    def faults(self) -> Iterator[Fault]:
        """Yield what is not applied, in the order in which it was read."""
        for subject, predicate, values in self._index.statements():
            term = terms().get(predicate)
            if predicate in self.declared:
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
            message = _NOT_APPLIED_BECAUSE["1.2"](short(value.value))
            yield Fault(subject, predicate, value, "shapes-unsupported", message, is_harmless=is_harmless)
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
        for shape in self._referenced:
            subjects[shape] = None
        return {subject: None for subject in subjects if subject not in self._paths}

    @cached_property
    def _paths(self) -> frozenset[Node]:
        """The blank nodes that are paths, or parts of paths."""
        nodes = (
            value
            for predicate in _LEADING_TO_PATHS
            for user in self._index.subjects(predicate)
            for value in self._index.objects(user, predicate)
        )
        return frozenset(node for node in nodes if isinstance(node, BlankNode))

    @cached_property
    def unused(self) -> tuple[Subject, ...]:
        """The shapes that have no target and that no other shape refers to."""
        classes = {
            NamedNode("http://www.w3.org/2000/01/rdf-schema#Class"),
            NamedNode("http://www.w3.org/2002/07/owl#Class"),
        }
        return tuple(
            shape
            for shape in self.shapes
            if shape not in self._referenced
            and not self._index.predicates(shape) & _HAS_PURPOSE
            and classes.isdisjoint(self._index.objects(shape, RDF + "type"))
            and not self._is_something_else(shape)
        )

    @cached_property
    def _referenced(self) -> Mapping[Subject, None]:
        nodes: dict[Subject, None] = {}
        for _, predicate, values in self._index.statements():
            if predicate in _REFERENCES:
                nodes |= {value: None for value in values if isinstance(value, NamedNode | BlankNode)}
            elif predicate in _LISTS:
                members = (item for head in values for item in self._index.items(head) or ())
                nodes |= {item: None for item in members if isinstance(item, NamedNode | BlankNode)}
            elif predicate in (SH + "filterShape", SH + "parameter"):
                nodes |= {value: None for value in values if isinstance(value, NamedNode | BlankNode)}
        return nodes

    @cached_property
    def _parameters(self) -> frozenset[Node]:
        """What describes the parameters of components, functions and targets; their paths are names of their own."""
        owners = self._index.subjects(SH + "parameter")
        return frozenset(one for owner in owners for one in self._index.objects(owner, SH + "parameter"))

    @cached_property
    def declared(self) -> frozenset[str]:
        """The parameters of the constraint components that the graph declares itself."""
        paths = (
            path
            for one in self._parameters
            if not isinstance(one, Literal | Triple)
            for path in self._index.objects(one, SH + "path")
        )
        own = (path.value for path in paths if isinstance(path, NamedNode))
        return frozenset(iri for iri in own if not iri.startswith(SH))

    def _is_something_else(self, subject: Subject) -> bool:
        """Return whether a node with terms of shapes has another role in SHACL, such as that of a function."""
        types = {str(one) for one in self._index.objects(subject, RDF + "type")}
        return any(one.startswith((f"<{SH}", f"<{DASH}")) for one in types - _SHAPES)

    def _of_term(
        self, subject: Subject, predicate: str, term: ShaclTerm, values: list[Node]
    ) -> Iterator[Fault]:
        if term.status in NOT_APPLIED:
            yield from self._not_applied(subject, predicate, term)
            return
        if term.most and len(values) > term.most:
            yield _malformed(
                subject, "" if term.value == "path" else predicate, None, _several(term, len(values))
            )
            return
        if subject in self._paths and term.on and "path" not in term.on:
            message = say(
                "{term} does not belong in a path. It was left out. Move it beside sh:path.", term=term.name
            )
            yield _malformed(subject, predicate, None, message)
            return
        if self._is_misplaced(subject, term):
            yield _malformed(subject, predicate, None, _misplaced(term))
            return
        for value in values:
            needed = KINDS[term.value](self._index, value)
            if needed is not None:
                yield from self._wrong(subject, predicate, term, value, needed)
            else:
                yield from self._of_reference(subject, predicate, term, value)
        if term.name in _NEEDS and not any(
            self._index.objects(subject, full(name)) for name in _NEEDS[term.name]
        ):
            message = say(
                "{term} has no effect without {other}. Add {other}.",
                term=term.name,
                other=_NEEDS[term.name][0],
            )
            yield _malformed(subject, predicate, None, message)

    def _of_reference(
        self, subject: Subject, predicate: str, term: ShaclTerm, value: Node
    ) -> Iterator[Fault]:
        """Yield the faults of a value that is well formed, but refers to something that there is not."""
        if isinstance(value, NamedNode) and term.value in ("datatype", "class"):
            yield from _of_type(subject, predicate, term, value)
        for literal in self._literals(term, value):
            if (unknown := unknown_datatype(literal.datatype.value)) is not None:
                yield Fault(subject, predicate, value, "shapes-term-unknown", *unknown)
        if term.value in ("shape", "node-shape", "shapes"):
            members = self._index.items(value) or () if term.value == "shapes" else (value,)
            for shape in members:
                if isinstance(shape, NamedNode) and not self._index.predicates(shape):
                    message = _not_described(term.name, shape)
                    yield Fault(subject, predicate, value, "shapes-malformed", message)

    def _literals(self, term: ShaclTerm, value: Node) -> Iterator[Literal]:
        """Yield the literals that values are compared with."""
        if term.value in ("list", "value", "limit"):
            members = self._index.items(value) or () if term.value == "list" else (value,)
            yield from (one for one in members if isinstance(one, Literal))

    def _wrong(
        self, subject: Subject, predicate: str, term: ShaclTerm, value: Node, needed: Sentence
    ) -> Iterator[Fault]:
        if term.value in _MAY_BE_LISTS and self._index.objects(value, RDF + "first"):
            message = say(
                "A list for {term} is a feature of SHACL 1.2, which is not supported. This constraint was not applied.",
                term=term.name,
            )
            yield Fault(subject, predicate, value, "shapes-unsupported", message)
            return
        message = say(
            "{term} needs {needed}, but its value is {value}. This was left out.",
            term=term.name,
            needed=needed,
            value=_shown(value),
        )
        is_harmless = term.status == "structure" and term.name not in ("sh:path", "sh:property")
        yield _malformed(
            subject, "" if term.value == "path" else predicate, value, message, is_harmless=is_harmless
        )

    def _is_misplaced(self, subject: Subject, term: ShaclTerm) -> bool:
        if subject not in self.shapes or self._is_something_else(subject) or not term.on:
            return False
        if "property" in term.on:
            return not self._index.objects(subject, SH + "path") and not self._must_have_path(subject)
        return (
            "shape" not in term.on
            and not ("parameter" in term.on and subject in self._referenced)
            and subject not in self._constraints
        )

    @cached_property
    def _constraints(self) -> frozenset[Node]:
        """What shapes refer to that is no shape: SPARQL constraints, targets, validators, expressions, rules."""
        users = ("sparql", "target", "validator", "nodeValidator", "propertyValidator", "expression", "rule")
        nodes = set[Node]()
        for predicate in (SH + name for name in users):
            for shape in self._index.subjects(predicate):
                nodes.update(self._index.objects(shape, predicate))
        return frozenset(nodes)

    def _must_have_path(self, subject: Subject) -> bool:
        return subject in self._properties or NamedNode(SH + "PropertyShape") in self._index.objects(
            subject, RDF + "type"
        )

    @cached_property
    def _properties(self) -> frozenset[Node]:
        values = (
            self._index.objects(shape, SH + "property") for shape in self._index.subjects(SH + "property")
        )
        return frozenset(value for each in values for value in each)

    def _of_shape(self, shape: Subject) -> Iterator[Fault]:
        has_path = bool(self._index.objects(shape, SH + "path"))
        types = {str(one) for one in self._index.objects(shape, RDF + "type")}
        if types >= _SHAPES:
            message = say(
                "A shape is either a sh:NodeShape or a sh:PropertyShape. This one is both and was left out."
            )
            yield _malformed(shape, "", None, message)
        elif isinstance(shape, NamedNode) and not self._index.predicates(shape) and shape in self._properties:
            yield _malformed(shape, "", None, _not_described("sh:property", shape))
        elif not has_path and self._must_have_path(shape):
            message = say(
                "This property shape has no sh:path, so it was left out. Add the path of the property that it checks."
            )
            yield _malformed(shape, "", None, message)
        elif has_path and f"<{SH}NodeShape>" in types:
            message = say(
                "A sh:NodeShape has no sh:path. This shape was left out. Make it a sh:PropertyShape, or put the "
                "path into a sh:property."
            )
            yield _malformed(shape, "", None, message)

    def _not_applied(self, subject: Subject, predicate: str, term: ShaclTerm) -> Iterator[Fault]:
        code = "shapes-advanced" if term.status == "advanced" else "shapes-unsupported"
        whole = term.name == "sh:values"  # without it, the property shape would judge other values
        yield Fault(
            subject, "" if whole else predicate, None, code, _NOT_APPLIED_BECAUSE[term.status](term.name)
        )


_SHAPES = frozenset(f"<{SH}{name}>" for name in ("NodeShape", "PropertyShape"))
_HAS_PURPOSE = frozenset((*_TARGETS, SH + "targetWhere", SH + "shape"))
_MAY_BE_LISTS = frozenset(("class", "datatype", "node-kind"))

_NOT_APPLIED_BECAUSE = {
    "1.2": lambda term: say(
        "{term} is a term of SHACL 1.2, which is not supported. It was not applied.", term=term
    ),
    "dash": lambda term: say(
        "{term} is a term of DASH and was not applied. Add the file dash.ttl to your shapes to apply it.",
        term=term,
    ),
    "advanced": lambda term: say(
        "{term} is one of SHACL’s advanced features that are not supported. It was not applied.", term=term
    ),
    "javascript": lambda term: say(
        "{term} needs JavaScript, which is never run. Write the constraint in SHACL Core or as a sh:sparql "
        "constraint.",
        term=term,
    ),
}


def _of_type(subject: Subject, predicate: str, term: ShaclTerm, value: NamedNode) -> Iterator[Fault]:
    """Yield the fault of a datatype that there is not, or of a datatype where a class is needed."""
    if term.value == "class" and (is_datatype(value.value) or value.value == LITERAL):
        kind = (
            "sh:nodeKind sh:Literal"
            if value.value == LITERAL
            else f"sh:datatype {short_datatype(value.value)}"
        )
        message = say(
            "{term} needs a class, but {type} is a datatype. This was left out. Did you mean {other}?",
            term=term.name,
            type="rdfs:Literal" if value.value == LITERAL else short_datatype(value.value),
            other=kind,
        )
        yield Fault(subject, predicate, value, "shapes-malformed", message)
    elif term.value == "datatype" and value.value == LITERAL:
        message = say(
            "rdfs:Literal is not a datatype, so any literal was accepted. Write sh:nodeKind sh:Literal."
        )
        yield Fault(subject, predicate, value, "shapes-malformed", message, is_remark=True)
    elif term.value == "datatype" and (unknown := unknown_datatype(value.value)) is not None:
        yield Fault(subject, predicate, value, "shapes-term-unknown", *unknown)


def _malformed(
    subject: Subject, predicate: str, value: Node | None, message: Sentence, *, is_harmless: bool = False
) -> Fault:
    return Fault(subject, predicate, value, "shapes-malformed", message, is_harmless=is_harmless)


def _not_described(term: str, shape: NamedNode) -> Sentence:
    return say(
        "{term} refers to the shape <{shape}>, which your files do not describe, so it was not applied. Add the "
        "shape, or correct its name.",
        term=term,
        shape=shape.value,
    )


def _several(term: ShaclTerm, number: int) -> Sentence:
    return say(
        "{term} is allowed once in a shape, but has {number} values here. This was left out.",
        term=term.name,
        number=number,
    )


def _misplaced(term: ShaclTerm) -> Sentence:
    if "property" in term.on:
        return say(
            "{term} belongs in a property shape, which has a sh:path. It was left out. Add sh:path, or move it "
            "into a sh:property.",
            term=term.name,
        )
    return say(
        "{term} does not belong in a shape. It was left out. Check where it should be.", term=term.name
    )


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
        other = meant(name, as_property=as_property)
        message = say("SHACL has no term {term}, so it was not applied. Check the spelling.", term=name)
        if other is not None:
            message = say(
                "SHACL has no term {term}, so it was not applied. Did you mean {other}?",
                term=name,
                other=other[0],
            )
        suggestion = Suggestion(*other) if other is not None else None
        yield Fault(subject, predicate, value, "shapes-term-unknown", message, suggestion)
        return
    right = _in_right_namespace(iri)
    if right is not None:
        message = say(
            "<{iri}> is not in the namespace of SHACL, so it was not applied. Did you mean <{other}>?",
            iri=iri,
            other=right,
        )
        yield Fault(subject, predicate, value, "shapes-term-unknown", message, Suggestion(right, 0.99))


def _in_right_namespace(iri: str) -> str | None:
    """Return the term of SHACL or DASH that an IRI in a namespace like theirs stands for."""
    for pattern, space in ((_LIKE_SHACL, SH), (_LIKE_DASH, DASH)):
        match = pattern.fullmatch(iri)
        if match is not None and match[1] and not _OTHERS.match(iri) and is_known(space + match[1]):
            return space + match[1]
    return None


def _shown(value: Node) -> str:
    if isinstance(value, BlankNode):
        return "[ … ]"
    if isinstance(value, NamedNode):
        return short(value.value)
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
