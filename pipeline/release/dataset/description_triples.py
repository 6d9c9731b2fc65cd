"""Triples of a description, made of what Python has: IRIs, texts, numbers and dates."""

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from pipeline.rdf.vocabulary import XSD

Value = str | int | NamedNode | Literal


def triple(subject: str, predicate: str, value: Value) -> Triple:
    """Return a triple of two IRIs and a node or a plain value."""
    obj = value if isinstance(value, NamedNode | Literal) else Literal(value)
    return Triple(NamedNode(subject), NamedNode(predicate), obj)


def typed(text: str, datatype: str) -> Literal:
    """Return a literal of a datatype of XML Schema."""
    return Literal(text, datatype=NamedNode(XSD + datatype))


def in_languages(subject: str, predicate: str, texts: Mapping[str, str]) -> Iterator[Triple]:
    """Yield a triple for each text, by its language tag."""
    for language, text in texts.items():
        yield triple(subject, predicate, Literal(text, language=language))
