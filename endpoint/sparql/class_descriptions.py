"""Descriptions of classes: their properties with kinds of values, languages and examples, as the build counted them."""

import json
import re
from typing import Any

from pyoxigraph import Store

from endpoint.catalogue.open_release import Release
from endpoint.graphs.resource_names import labels_of
from endpoint.language.links import short
from pipeline.rdf.vocabulary import DCAT, ICGP, RDFS, SKOS, XSD, expand
from pipeline.release.contents.class_profiles import PROFILE

Data = dict[str, Any]

_LANGUAGES = ("en", "fr")
_FIRST = (
    *(ICGP + name for name in ("GoodPractice", "PracticeRecord", "City", "Topic", "Country", "Year")),
    *(ICGP, DCAT),
)
"""Beginnings of the classes that come first: what a practice is and has, then all else that is ours."""
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*:(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
_BARE = {XSD + "integer": r"-?[0-9]+", XSD + "decimal": r"-?[0-9]+\.[0-9]+", XSD + "boolean": "true|false"}
"""Datatypes whose values a query can have without quotes."""


def class_descriptions(release: Release) -> list[Data]:
    """Return what is known of each class, our own first; nothing where the release was built without profiles."""
    path = release.path / PROFILE
    if not path.is_file():
        return []
    profile = json.loads(path.read_text(encoding="utf-8"))
    classes = [_class(each, release.store) for each in profile["classes"]]
    return sorted(classes, key=lambda each: (_rank(each["iri"]), -each["count"], each["iri"]))


def query_name(iri: str) -> str:
    """Return an IRI as a query has it: a prefixed name where that can stand, else in brackets."""
    name = short(iri)
    return name if _PLAIN_NAME.fullmatch(name) else f"<{iri}>"


def expand_name(name: str) -> str:
    """Return the IRI that was written as a query has it."""
    return name[1:-1] if name.startswith("<") else expand(name)


def _rank(iri: str) -> int:
    return next((rank for rank, space in enumerate(_FIRST) if iri.startswith(space)), len(_FIRST))


def _class(profile: Data, store: Store) -> Data:
    return {
        **_term(profile["class"], store),
        "count": profile["count"],
        "includes": {query_name(iri): count for iri, count in profile["includes"].items()},
        "graphs": profile["graphs"],
        "example": profile["example"],
        "properties": [_property(each, store) for each in profile["properties"]],
    }


def _term(iri: str, store: Store) -> Data:
    return {
        "iri": iri,
        "name": query_name(iri),
        "labels": _texts(store, iri, RDFS + "label"),
        "definitions": _texts(store, iri, SKOS + "definition"),
    }


def _texts(store: Store, iri: str, predicate: str) -> dict[str, str]:
    texts = labels_of(store, iri, predicate)
    return {language: texts[language] for language in _LANGUAGES if language in texts}


def _property(profile: Data, store: Store) -> Data:
    kinds: dict[str, int] = profile["kinds"]
    return {
        **_term(profile["property"], store),
        "graphs": profile["graphs"],
        "subjects": profile["subjects"],
        "triples": profile["triples"],
        "least": profile["least"],
        "most": profile["most"],
        "classes": [query_name(iri) for iri in profile["classes"]],
        "datatypes": {query_name(kind): count for kind, count in kinds.items() if ":" in kind},
        "languages": {kind[1:]: count for kind, count in kinds.items() if kind[0] == "@"},
        "resources": kinds.get("iri", 0) + kinds.get("blank", 0),
        "example": _example(profile["example"]),
    }


def _example(term: str) -> str:
    """Return a term of N-Triples as a query would have it."""
    if term[0] == "<":
        return query_name(term[1:-1])
    text, _, datatype = term.rpartition("^^")
    if not text or term[-1] != ">":
        return term
    lexical, iri = text[1:-1], datatype[1:-1]
    return lexical if iri in _BARE and re.fullmatch(_BARE[iri], lexical) else f"{text}^^{query_name(iri)}"
