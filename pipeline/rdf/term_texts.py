"""What the ontology calls a property, and how it defines it, for the fields whose table names no other words."""

from collections.abc import Mapping
from functools import cache

from pyoxigraph import Literal, RdfFormat, parse

from pipeline.model.fields import Field
from pipeline.rdf.vocabulary import RDFS, SKOS, expand, vocabulary_files

_Texts = Mapping[str, str]
_NONE: _Texts = {}


def labels_of(field: Field) -> _Texts:
    """Return language → name of a field: its property's labels, else its own name in English."""
    return _texts(RDFS + "label").get(expand(field.property)) or {"en": field.name.replace("_", " ")}


def heading_of(field: Field, language: str) -> str:
    """Return the name of a field as a heading in a language, else in English."""
    labels = labels_of(field)
    text = labels.get(language) or labels["en"]
    return text[:1].upper() + text[1:]


def definition_of(field: Field, language: str) -> str:
    """Return how a field's property is defined in a language, else in English; empty if it is not."""
    definitions = _texts(SKOS + "definition").get(expand(field.property), _NONE)
    return definitions.get(language) or definitions.get("en", "")


@cache
def _texts(predicate: str) -> Mapping[str, _Texts]:
    """Return subject → language → text of a predicate in the ontology."""
    texts: dict[str, dict[str, str]] = {}
    for quad in parse(path=str(vocabulary_files()[0]), format=RdfFormat.TURTLE):
        if quad.predicate.value == predicate and isinstance(quad.object, Literal):
            subject = str(quad.subject).removeprefix("<").removesuffix(">")
            texts.setdefault(subject, {})[quad.object.language or "en"] = quad.object.value
    return texts
