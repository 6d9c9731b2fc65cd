"""Random shapes and data for gate tests: every Core constraint, nested, over literals of every kind."""

import random
from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Triple, parse

from pipeline.gate.shapes import Shapes
from pipeline.gate.small_graph import SmallGraph
from pipeline.model.shacl_result import ShaclResult

PROLOGUE = """@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
_NODES = [":a", ":b", ":c", ":d", ":e", "_:x", "_:y"]
_PREDICATES = [":p", ":q", ":r"]
_CLASSES = [":C", ":D", ":E"]
_PLAIN = [
    *(
        '"one"',
        '"two"',
        '""',
        '"one"@en',
        '"two"@en',
        '"one"@fr',
        '"trois"@fr-ch',
        '"line\\nbreak"',
        '"end\\n"',
    ),
    *("1", "2", "3", "2.5", "true", '"2020-01-01"^^xsd:date', '"2020-06-30"^^xsd:date', '"2020"^^xsd:gYear'),
    *('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2021"^^xsd:gYear', '"ab"^^:own', '"\u0131\u0130i"'),
]
_LITERALS = [
    *(
        *_PLAIN,
        "1.0",
        "3e0",
        '"01"^^xsd:integer',
        '"1.50"^^xsd:decimal',
        '"x"^^xsd:integer',
        '"20x5"^^xsd:gYear',
    ),
    *('"2021-02-30"^^xsd:date', '"2020-06-01T00:00:00"^^xsd:dateTime', '"1"^^xsd:boolean'),
    '"5"^^xsd:nonNegativeInteger',
]
_DATATYPES = [
    "xsd:string",
    "xsd:integer",
    "xsd:decimal",
    "xsd:date",
    "xsd:boolean",
    "rdf:langString",
    ":own",
    "xsd:gYear",
]
_PATTERNS = ['"^o"', '"e$"', '"^[a-z]+$"', '"[0-9]"', '"[\\\\i-[x]]"', '"\\\\s"', '"^.{3}$"', '"^$"', '"i"']
_RANGES = ['"en"', '"fr" "en"', '"fr-ch"', '"*"']
_BOUNDS = [
    "1",
    "2",
    "2.0",
    '"m"',
    '"2020-03-01"^^xsd:date',
    '"2020"^^xsd:gYear',
    '"2020-03-01T00:00:00Z"^^xsd:dateTime',
]


class Maker:
    """Makes random shapes and data from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._literals = _PLAIN if seed % 4 else _LITERALS

    def data(self) -> str:
        """Return a small graph in Turtle."""
        pick = self._chance.choice
        lines = [f"{pick(_NODES)} a {pick(_CLASSES)} ." for _ in range(6)]
        lines += [f"{pick(_NODES)} {pick(_PREDICATES)} {pick(_NODES)} ." for _ in range(8)]
        lines += [f"{pick(_NODES)} {pick(_PREDICATES)} {pick(self._literals)} ." for _ in range(10)]
        if self._chance.random() < 0.4:
            lines.append(":D rdfs:subClassOf :C .")
        return PROLOGUE + "\n".join(lines)

    def shapes(self) -> str:
        """Return a few shapes in Turtle."""
        return PROLOGUE + "\n".join(self._shape(number) for number in range(self._chance.randint(1, 3)))

    def _shape(self, number: int) -> str:
        pick = self._chance.choice
        target = pick(
            [
                *(f"sh:targetClass {pick(_CLASSES)}", f"sh:targetSubjectsOf {pick(_PREDICATES)}"),
                *(f"sh:targetObjectsOf {pick(_PREDICATES)}", f"sh:targetNode {pick(_NODES[:5] + _LITERALS)}"),
            ]
        )
        path = f"sh:path {self._path(2)} ; " if self._chance.random() < 0.3 else ""
        severity = pick(["", "sh:severity sh:Warning ; "])
        kind = "sh:PropertyShape" if path else "sh:NodeShape"
        return f":S{number} a {kind} ; {target} ; {path}{severity}{self._body(bool(path), 3)} ."

    def _body(self, has_path: bool, depth: int) -> str:
        makers = [self._on_each] * 3 + ([self._on_all] * 3 if has_path else []) + [self._pair]
        if depth:
            makers += [self._nested] * 3
        parts: dict[str, str] = {}
        for _ in range(self._chance.randint(1, 2)):
            text = self._chance.choice(makers)(depth)
            parts[text.partition(" ")[0]] = text
        return " ; ".join(parts.values())

    def _path(self, depth: int) -> str:
        pick, chance = self._chance.choice, self._chance.random()
        if not depth or chance < 0.5:
            return pick(_PREDICATES)
        kind = pick(["inverse", "sequence", "alternative", "zeroOrMore", "oneOrMore", "zeroOrOne"])
        if kind == "sequence":
            return f"( {self._path(depth - 1)} {self._path(depth - 1)} )"
        if kind == "alternative":
            return f"[ sh:alternativePath ( {self._path(depth - 1)} {self._path(depth - 1)} ) ]"
        return f"[ sh:{kind}Path {self._path(depth - 1)} ]"

    def _on_each(self, _: int) -> str:
        pick = self._chance.choice
        values = " ".join(self._chance.sample(_LITERALS + _NODES[:5], 3))
        return pick(
            [
                *(f"sh:class {pick(_CLASSES)}", f"sh:datatype {pick(_DATATYPES)}"),
                f"sh:nodeKind sh:{pick(['IRI', 'Literal', 'BlankNode', 'IRIOrLiteral', 'BlankNodeOrIRI'])}",
                *(f"sh:minLength {pick('0234')}", f"sh:maxLength {pick('0234')}"),
                f"sh:pattern {pick(_PATTERNS)}",
                f'sh:pattern {pick(_PATTERNS)} ; sh:flags "i"',
                f"sh:languageIn ( {pick(_RANGES)} )",
                f"sh:in ( {values} )",
                f"sh:{pick(['min', 'max'])}{pick(['In', 'Ex'])}clusive {pick(_BOUNDS)}",
            ]
        )

    def _on_all(self, depth: int) -> str:
        pick = self._chance.choice
        counted = f"sh:qualifiedValueShape [ {self._body(False, max(depth - 1, 0))} ]"
        return pick(
            [
                *(f"sh:minCount {pick('01234')}", f"sh:maxCount {pick('01234')}", "sh:uniqueLang true"),
                f"sh:lessThan {pick(_PREDICATES)}",
                f"sh:lessThanOrEquals {pick(_PREDICATES)}",
                f"{counted} ; sh:qualified{pick(['Min', 'Max'])}Count {pick('0123')}",
            ]
        )

    def _pair(self, _: int) -> str:
        pick = self._chance.choice
        return pick(
            [
                *(f"sh:equals {pick(_PREDICATES)}", f"sh:disjoint {pick(_PREDICATES)}"),
                f"sh:hasValue {pick(_LITERALS + _NODES[:5])}",
            ]
        )

    def _nested(self, depth: int) -> str:
        inner = f"[ {self._body(False, depth - 1)} ]"
        other = f"[ sh:path {self._path(1)} ; {self._body(True, depth - 1)} ]"
        pick = self._chance.choice
        return pick(
            [
                *(f"sh:not {pick([inner, other])}", f"sh:node {inner}", f"sh:property {other}"),
                f"sh:property [ sh:path {self._path(2)} ; {self._body(True, depth - 1)} ]",
                f"sh:{pick(['and', 'or', 'xone'])} ( {inner} {other} )",
                f"sh:closed true ; sh:property [ sh:path {pick(_PREDICATES)} ]",
            ]
        )


def validate_graph(triples: Iterable[Triple | Quad], shapes: Shapes) -> tuple[ShaclResult, ...]:
    """Return the results of shapes on a graph; named graphs count as one."""
    return SmallGraph(triples).results(shapes)


def validate_text(
    data: str | bytes, shapes: Shapes, *, form: RdfFormat = RdfFormat.TURTLE
) -> tuple[ShaclResult, ...]:
    return validate_graph(parse(data, format=form), shapes)
