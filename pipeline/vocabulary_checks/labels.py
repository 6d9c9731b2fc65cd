"""Checks of the labels of SKOS concepts, as qSKOS and Skosify name them."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

from rdflib import RDF, SKOS, Graph, Literal, URIRef

from pipeline.model.finding import Finding, Severity
from pipeline.vocabulary_checks.material import Material

_LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
_NOTES = (SKOS.definition, SKOS.scopeNote, SKOS.editorialNote, SKOS.note, SKOS.example, SKOS.historyNote)
_TAG = re.compile(
    r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*(-x(-[a-z\d]{1,8})+)?",
    re.IGNORECASE,
)


def concepts(graph: Graph) -> list[URIRef]:
    """Return the concepts of a graph, sorted."""
    found = graph.subjects(RDF.type, SKOS.Concept)
    return sorted({concept for concept in found if isinstance(concept, URIRef)})


def check_labels(material: Material) -> Iterator[Finding]:
    """Yield labels that are missing, doubled, empty, in no language, or shared by two concepts."""
    for graph in material.schemes():
        for concept in concepts(graph):
            yield from _preferred(material, graph, concept)
            yield from _texts(material, graph, concept)
            yield from _disjoint(material, graph, concept)
        yield from _shared(material, graph)
        yield from _coverage(material, graph)


def _preferred(material: Material, graph: Graph, concept: URIRef) -> Iterator[Finding]:
    languages = Counter(_language(label) for label in graph.objects(concept, SKOS.prefLabel))
    if not languages:
        message = f"{concept} has no preferred label. Write one in each language of the scheme."
        yield material.finding(Severity.VIOLATION, "pref-label-missing", message, concept)
    for language, count in sorted(languages.items()):
        if count > 1:
            message = (
                f'{concept} has {count} preferred labels in "{language}". Make all but one skos:altLabel.'
            )
            yield material.finding(Severity.VIOLATION, "pref-label-several", message, concept)


def _texts(material: Material, graph: Graph, concept: URIRef) -> Iterator[Finding]:
    for predicate in (*_LABELS, *_NOTES):
        for text in graph.objects(concept, predicate):
            if not str(text).strip() or any(unicodedata.category(sign) == "Cc" for sign in str(text)):
                message = (
                    f"A text of {concept} is empty or holds control characters: {str(text)!r}. Rewrite it."
                )
                yield material.finding(Severity.VIOLATION, "text-unprintable", message, concept)
            if not _TAG.fullmatch(_language(text)):
                message = f'"{text}" at {concept} has no valid language tag. Add one such as en or pt-BR.'
                yield material.finding(Severity.VIOLATION, "text-without-language", message, concept)


def _disjoint(material: Material, graph: Graph, concept: URIRef) -> Iterator[Finding]:
    uses = Counter(label for predicate in _LABELS for label in set(graph.objects(concept, predicate)))
    for label in sorted((label for label, count in uses.items() if count > 1), key=str):
        message = f'"{label}" is more than one kind of label of {concept}. Keep it as one kind.'
        yield material.finding(Severity.VIOLATION, "label-of-two-kinds", message, concept)


def _shared(material: Material, graph: Graph) -> Iterator[Finding]:
    owners: dict[tuple[str, str], set[URIRef]] = defaultdict(set)
    for concept in concepts(graph):
        for predicate in _LABELS:
            for label in graph.objects(concept, predicate):
                owners[str(label).casefold(), _language(label)].add(concept)
    for (text, language), sharing in sorted(owners.items()):
        if len(sharing) > 1:
            names = " and ".join(sorted(sharing))
            message = f'"{text}" ({language}) is a label of {names}. Make the labels differ.'
            yield material.finding(Severity.WARNING, "label-shared", message, min(sharing))


def _coverage(material: Material, graph: Graph) -> Iterator[Finding]:
    spoken = {
        concept: {_language(label) for label in graph.objects(concept, SKOS.prefLabel)}
        for concept in concepts(graph)
    }
    wanted = set[str]().union(*spoken.values())
    for concept, languages in spoken.items():
        if languages and (missing := wanted - languages):
            message = f"{concept} has no preferred label in {', '.join(sorted(missing))}. Translate it."
            yield material.finding(Severity.WARNING, "pref-label-language-missing", message, concept)
    labelled = [languages for languages in spoken.values() if languages]
    if labelled and not set.intersection(*labelled):
        message = "No language labels all concepts of a scheme. Choose one and complete it."
        yield material.finding(Severity.WARNING, "language-in-common-missing", message)


def _language(text: object) -> str:
    return (text.language or "") if isinstance(text, Literal) else ""
