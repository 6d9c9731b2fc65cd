"""Lexical forms: literals that the store would rewrite, or that are not values of their datatype.

The store keeps 7 for "007" and cannot say what a literal looked like; pySHACL judges it as it was written.
Whatever holds such a literal is therefore suspected and left to pySHACL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from pipeline.gate.adapter.lexical_forms import is_lexical
from pipeline.gate.adapter.silence import quiet
from pipeline.rdf.vocabulary import RDF, XSD

_YEAR = r"(?!0000)\d{4}"
_MONTH = _YEAR + r"-(?:0[1-9]|1[0-2])"
_DAY = _MONTH + r"-(?:0[1-9]|1\d|2[0-8])"
_PLAIN_FORMS = {
    "string": r"[^\n]*",
    "anyURI": r"[^\n]*",
    "boolean": r"true|false",
    "integer": r"0|-?[1-9]\d{0,17}",
    "decimal": r"0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,8}[1-9]",
    "gYear": _YEAR,
    "gYearMonth": _MONTH,
    "date": _DAY,
    "dateTime": _DAY + r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ",
}
_PLAIN = re.compile("|".join(f"(?:{form})>{name}" for name, form in _PLAIN_FORMS.items()).encode())
_MARKERS = tuple(f'"^^<{space}'.encode() for space in (XSD, RDF))
_CHUNK = 1 << 22


def is_plain(literal: Literal) -> bool:
    """Return whether the store keeps a literal as it is written, and pySHACL has no doubt of its form."""
    if literal.language is not None or not literal.datatype.value.startswith((XSD, RDF)):
        return True
    return literal.datatype.value == XSD + "string" or _is_kept(literal.value, literal.datatype.value)


@lru_cache(maxsize=10_000)
def _is_kept(lexical: str, datatype: str) -> bool:
    form = _PLAIN_FORMS.get(datatype.removeprefix(XSD))
    if form is not None and re.fullmatch(form, lexical):
        return True
    written = Literal(lexical, datatype=NamedNode(datatype))
    store = Store()
    store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), written))
    return [quad.object for quad in store] == [written] and _is_accepted(lexical, datatype)


def is_value(literal: Literal) -> bool:
    """Return whether a literal stands for a value of its datatype, however it is written."""
    datatype = literal.datatype.value
    return is_plain(literal) or _is_accepted(literal.value, datatype)


@lru_cache(maxsize=1000)
def _is_accepted(lexical: str, datatype: str) -> bool:
    """Return whether a text is a form of its datatype, and rdflib, and so pySHACL, finds a value in it.

    rdflib is loaded here, since few data contain a form that has to be asked about.
    """
    if not is_lexical(lexical, datatype):
        return False
    from rdflib import Literal as Read
    from rdflib import URIRef

    with quiet():
        return Read(lexical, datatype=URIRef(datatype), normalize=False).ill_typed is not True


@dataclass(frozen=True, slots=True)
class Scan:
    """What N-Triples contain that a store changes: statements with doubtful literals, and blank nodes."""

    doubtful: tuple[Quad, ...]
    blank_nodes: bool


def scan(text: BinaryIO) -> Scan:
    """Return what is doubtful in N-Triples, which are read in pieces."""
    doubtful: list[Quad] = []
    blank_nodes = False
    while piece := text.read(_CHUNK):
        piece += text.readline()
        blank_nodes = blank_nodes or b"> _:" in piece or b"\n_:" in piece or piece.startswith(b"_:")
        for marker in _MARKERS:
            for line in _suspect_lines(piece, marker):
                doubtful.extend(quad for quad in parse(line, format=RdfFormat.N_TRIPLES) if is_doubtful(quad))
    return Scan(tuple(dict.fromkeys(doubtful)), blank_nodes)


def is_doubtful(quad: Quad) -> bool:
    """Return whether a statement has a literal that the store may change or pySHACL may doubt."""
    return isinstance(quad.object, Literal) and not is_plain(quad.object)


def _suspect_lines(piece: bytes, marker: bytes) -> Iterator[bytes]:
    """Yield the lines of typed literals that are not seen at a glance to be plain."""
    end = piece.find(marker)
    while end >= 0:
        start = piece.rfind(b'"', 0, end)
        after = piece.find(b">", end + 4)
        form = piece[start + 1 : end] + b">" + piece[end + len(marker) : after]
        whole = piece[start - 1 : start] == b" "
        if not whole or b"\\" in form or not _PLAIN.fullmatch(form):
            yield piece[piece.rfind(b"\n", 0, end) + 1 : piece.find(b"\n", end) + 1 or len(piece)]
        end = piece.find(marker, after)
