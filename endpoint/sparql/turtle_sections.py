"""Turtle in sections: a document that people read, with a comment above each section and nested nodes in brackets."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from endpoint.language.graph_facts import Object
from pipeline.rdf.vocabulary import RDF, XSD

_TYPE = NamedNode(RDF + "type")
_STRING = XSD + "string"
_BARE = {XSD + "integer": r"-?[0-9]+", XSD + "decimal": r"-?[0-9]+\.[0-9]+", XSD + "boolean": "true|false"}
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_INDENT = "  "
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Section:
    """Triples that belong together, the heading above them, and lines of explanation."""

    heading: str
    triples: Sequence[Triple]
    lines: tuple[str, ...] = ()


def write_sections(sections: Iterable[Section], prefixes: Mapping[str, str]) -> bytes:
    """Return the sections as one Turtle document; a blank node stands where it is named, once and in one section."""
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    written = (_section(section, prefixes) for section in sections if section.triples)
    return "\n".join((declared, *written)).encode()


def _section(section: Section, prefixes: Mapping[str, str]) -> str:
    writer = _Writer(section.triples, prefixes)
    rule = "#" * 3
    head = [f"{rule} {section.heading}", *(f"# {line}" for line in section.lines)]
    return "\n".join((*head, "", "\n".join(writer.blocks()).rstrip("\n"), ""))


class _Writer:
    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._statements: dict[NamedNode | BlankNode, dict[NamedNode, list[Object]]] = {}
        for subject, predicate, value in triples:
            assert isinstance(subject, NamedNode | BlankNode)
            values = self._statements.setdefault(subject, {}).setdefault(predicate, [])
            if value not in values:
                values.append(value)

    def blocks(self) -> Iterator[str]:
        """Yield the statements about each named node; nodes with a single line follow without a blank line."""
        for subject in self._statements:
            if isinstance(subject, NamedNode):
                block = f"{self._term(subject, 0)} {self._properties(subject, 1)} ."
                yield f"{block}\n" if "\n" in block else block

    def _properties(self, subject: NamedNode | BlankNode, depth: int) -> str:
        said = self._statements.get(subject, {})
        ordered = sorted(said, key=lambda predicate: predicate != _TYPE)
        written = ("a" if each == _TYPE else self._term(each, 0) for each in ordered)
        parts = (
            f"{verb} {self._values(said[each], depth + 1)}"
            for verb, each in zip(written, ordered, strict=True)
        )
        return f" ;\n{_INDENT * depth}".join(parts)

    def _values(self, values: Sequence[Object], depth: int) -> str:
        written = [self._term(value, depth) for value in values]
        if any("\n" in each for each in written):
            return " , ".join(written)
        lines, length = [written[0]], len(written[0])
        for each in written[1:]:
            length += len(each) + 3
            if length > _WIDTH:
                lines.append(f",\n{_INDENT * depth}{each}")
                length = len(each)
            else:
                lines.append(f", {each}")
        return " ".join(lines)

    def _term(self, term: Object, depth: int) -> str:
        if isinstance(term, BlankNode):
            inside = self._properties(term, depth)
            flat = re.sub(r" ;\n +", " ; ", inside)
            if len(flat) <= _WIDTH and "\n" not in flat:
                return f"[ {flat} ]"
            return f"[\n{_INDENT * depth}{inside}\n{_INDENT * (depth - 1)}]"
        if isinstance(term, NamedNode):
            return self._short(term.value) or str(term)
        return self._literal(term) if isinstance(term, Literal) else str(term)

    def _short(self, iri: str) -> str:
        for prefix, space in self._prefixes.items():
            if iri.startswith(space) and _LOCAL_NAME.fullmatch(iri, len(space)):
                return f"{prefix}:{iri[len(space) :]}"
        return ""

    def _literal(self, literal: Literal) -> str:
        datatype = literal.datatype.value
        if datatype in _BARE and re.fullmatch(_BARE[datatype], literal.value):
            return literal.value
        if "\n" in literal.value and '"""' not in literal.value and not literal.value.endswith('"'):
            text = '"""' + literal.value.replace("\\", "\\\\") + '"""'
        else:
            text = str(Literal(literal.value))
        if literal.language:
            return f"{text}@{literal.language}"
        return text if datatype == _STRING else f"{text}^^{self._short(datatype) or str(literal.datatype)}"
