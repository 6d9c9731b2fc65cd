"""Terms of the store as terms of rdflib, and back; rdflib takes a second to load, and is loaded where it is needed."""

from functools import lru_cache
from typing import Any

from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, Triple

from pipeline.gate.adapter.lexical_forms import is_checked, is_lexical
from pipeline.rdf.vocabulary import RDF, SH, XSD

Term = NamedNode | BlankNode | Literal | Triple


class _Tag(str):
    """A language tag with the direction of the text, which rdflib does not know."""

    __slots__ = ("direction",)
    direction: BaseDirection


def read_triple(triple: Quad | Triple) -> Any:
    """Return a triple as rdflib has it."""
    return read_term(triple.subject), read_term(triple.predicate), read_term(triple.object)


def read_term(term: Term) -> Any:
    """Return a term as rdflib's, its lexical form untouched; an invalid literal has no value."""
    if isinstance(term, NamedNode):
        return _iri(term.value)
    if isinstance(term, Literal):
        return _tagged_literal(term) if term.language is not None else _typed_literal(term)
    if isinstance(term, BlankNode):
        from rdflib import BNode

        return BNode(term.value)
    return _iri("urn:triple:" + str(term))


@lru_cache(maxsize=1 << 16)
def _iri(iri: str) -> Any:
    from rdflib import URIRef

    return URIRef(iri)


def _typed_literal(term: Literal) -> Any:
    from rdflib import Literal as Read

    datatype = term.datatype.value
    read = Read(term.value, datatype=None if datatype == XSD + "string" else _iri(datatype), normalize=False)
    if is_checked(datatype):
        read._ill_typed = not is_lexical(term.value, datatype)
        read._value = None if read._ill_typed else read._value
    return read


def _tagged_literal(term: Literal) -> Any:
    from rdflib import Literal as Read
    from rdflib import URIRef

    read = Read(term.value, lang=term.language, normalize=False)
    if term.direction is not None:
        read._language = tag = _Tag(term.language)
        tag.direction = term.direction
        read._datatype = URIRef(RDF + "dirLangString")
    return read


def to_ntriples(term: Any) -> str:
    """Return one of rdflib's terms as N-Triples."""
    from rdflib import BNode, URIRef

    if isinstance(term, URIRef):
        return f"<{term}>"
    if isinstance(term, BNode):
        return f"_:{term}"
    if term.language:
        direction = getattr(term.language, "direction", None)
        return str(Literal(str(term), language=str(term.language), direction=direction))
    return str(Literal(str(term), datatype=NamedNode(str(term.datatype or XSD + "string"))))


def path_text(graph: Any, path: Any) -> str:
    """Return a property path of a shapes graph as SPARQL has it, with brackets where its structure needs them."""
    return _path(graph, path, _ALTERNATIVE)


_ALTERNATIVE, _SEQUENCE, _INVERSE, _REPEATED, _PRIMARY = range(5)
"""How closely the signs of a path bind, the loosest first."""

_REPETITIONS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def _path(graph: Any, path: Any, least: int) -> str:
    """Return a path, in brackets where it binds less closely than it must."""
    from rdflib import URIRef

    if isinstance(path, URIRef):
        return f"<{path}>"
    level, text = _PRIMARY, f"<{path}>"
    if items := list(graph.items(path)):
        level, text = _SEQUENCE, " / ".join(_path(graph, item, _INVERSE) for item in items)
    for value in graph.objects(path, URIRef(SH + "alternativePath")):
        level, text = _ALTERNATIVE, " | ".join(_path(graph, item, _SEQUENCE) for item in graph.items(value))
    for value in graph.objects(path, URIRef(SH + "inversePath")):
        level, text = _INVERSE, "^" + _path(graph, value, _REPEATED)
    for name, sign in _REPETITIONS.items():
        for value in graph.objects(path, URIRef(SH + name)):
            level, text = _REPEATED, _path(graph, value, _PRIMARY) + sign
    return text if level >= least else f"({text})"
