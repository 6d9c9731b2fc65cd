"""Where RDF/XML states each triple, found by its elements; nesting that does harm and DOCTYPEs are refused."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.parsers import expat

from pipeline.model.errors import SourceError
from pipeline.rdf.vocabulary import RDF
from pipeline.sources.structured.positions import NOWHERE, Offsets
from pipeline.sources.structured.turtle_positions import DEEPEST

_XML = "http://www.w3.org/XML/1998/namespace"
_BASE = _XML + "base"
_TYPE, _ABOUT, _RDF, _LI = RDF + "type", RDF + "about", RDF + "RDF", RDF + "li"
_DESCRIPTION, _ID, _NODE_ID, _PARSE = (RDF + name for name in ("Description", "ID", "nodeID", "parseType"))
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!.*/\.)")
_SYNTAX = frozenset(
    RDF + name for name in ("about", "ID", "nodeID", "resource", "parseType", "datatype", "type")
)
_REIFIED = ("object", "predicate", "subject", "type")

_NODES, _NODE, _PROPERTY, _COLLECTION, _LITERAL = range(5)


@dataclass(slots=True)
class _Element:
    """An open element: what its children are, its base, the node it is or is in, and what it says of that."""

    kind: int
    base: str
    subject: int = NOWHERE
    predicate: str | None = None
    at: int = NOWHERE
    is_reified: bool = False
    items: list[int] | None = None
    members: int = 0


def scan_xml(content: bytes, name: str, base: str) -> Offsets:
    """Return where RDF/XML states its triples; raise SourceError for a DOCTYPE, deep nesting, broken XML."""
    scan = _Scan(name, base)
    try:
        scan.parser.Parse(content, True)
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset + 1}"
        reason = expat.ErrorString(error.code)
        raise SourceError(f"{name}, {where}: this is no XML ({reason}). Correct it there.") from error
    return scan.offsets


class _Scan:
    """One pass over a file; the offsets are kept in the order in which oxrdfxml, the parser, gives the triples."""

    def __init__(self, name: str, base: str) -> None:
        self.offsets = Offsets()
        self.parser = expat.ParserCreate(namespace_separator="")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._name = name
        self._open = [_Element(_NODES, base)]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEEPEST:
            raise SourceError(
                f"{self._name}, line {self.parser.CurrentLineNumber}: elements are nested deeper than {DEEPEST} "
                "levels. Give the inner things IRIs of their own."
            )
        parent, at = self._open[-1], self.parser.CurrentByteIndex
        base = urljoin(parent.base, attributes[_BASE]) if _BASE in attributes else parent.base
        if parent.kind == _LITERAL or name == _RDF:
            element = _Element(parent.kind, base)
        elif parent.kind == _NODE:
            element = self._property(name, attributes, parent, base)
        else:
            element = self._node(name, attributes, base)
            if parent.items is not None:
                parent.items.append(at)
        self._open.append(element)

    def _node(self, name: str, attributes: dict[str, str], base: str) -> _Element:
        at = self.parser.CurrentByteIndex
        subject = _subject(attributes, base)
        if subject is not None:
            self.offsets.starts.setdefault(subject, at)
        if name != _DESCRIPTION:
            self._say(at, _TYPE, at)
        self._attributes(attributes, at)
        return _Element(_NODE, base, at)

    def _property(self, name: str, attributes: dict[str, str], parent: _Element, base: str) -> _Element:
        at = self.parser.CurrentByteIndex
        if name == _LI:
            parent.members += 1
            name = f"{RDF}_{parent.members}"
        self._attributes(attributes, at)
        element = _Element(_PROPERTY, base, parent.subject, name, at, _ID in attributes)
        match attributes.get(_PARSE):
            case "Resource":
                self._close(element)
                return _Element(_NODE, base, at)
            case "Collection":
                element.kind, element.items = _COLLECTION, []
            case str():
                element.kind = _LITERAL
        return element

    def _attributes(self, attributes: dict[str, str], at: int) -> None:
        """Add what attributes say, which the parser gives from the last to the first, the class before them."""
        if not attributes:
            return
        if _TYPE in attributes:
            self._say(at, _TYPE, at)
        for name in reversed(attributes):
            if name not in _SYNTAX and not name.startswith(_XML) and ":" in name:
                self._say(at, name, at)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if element.predicate is not None:
            self._close(element)

    def _close(self, element: _Element) -> None:
        """Add the statement that a property makes, then what follows from its being named, or being a list."""
        predicate = element.predicate
        assert predicate is not None
        self._say(element.subject, predicate, element.at)
        for name in _REIFIED if element.is_reified else ():
            self._say(element.at, RDF + name, element.at)
        for item in element.items or ():
            self._say(item, RDF + "rest", item)
            self._say(item, RDF + "first", item)

    def _say(self, subject: int, predicate: str, value: int) -> None:
        self.offsets.add(subject, self.offsets.number_of(predicate), value)

    def _refuse(self, *_: object) -> None:
        raise SourceError(
            f"{self._name}, line {self.parser.CurrentLineNumber}: a DOCTYPE is refused, since what it declares "
            "can fill any memory. Delete it and write the IRIs in full."
        )


def _subject(attributes: dict[str, str], base: str) -> str | None:
    about, local = attributes.get(_ABOUT), attributes.get(_ID)
    if about is not None:
        return about if _ABSOLUTE.match(about) else urljoin(base, about)
    if local is not None:
        return urljoin(base, f"#{local}")
    label = attributes.get(_NODE_ID)
    return f"_:{label}" if label is not None else None
