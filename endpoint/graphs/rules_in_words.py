"""Rules in words: what a rule of the shapes applies to, its property, and a value that passes."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.nested import written
from endpoint.graphs.resource_names import Link, name_of
from endpoint.language.graph_facts import Facts, Text
from endpoint.language.links import short
from pipeline.findings.reports.rules import rule
from pipeline.rdf.vocabulary import SH

_TARGETS = (SH + "targetClass", SH + "targetSubjectsOf", SH + "targetObjectsOf")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a rule is about; ``path`` is the property path if it is not a single property."""

    asked_of: tuple[Link, ...]
    about: Link | None
    path: str
    passes: str


def explained(release: Release, facts: Facts, iri: str) -> Explanation | None:
    """Return the explanation of a rule, None for a term without a sentence of its own."""
    if not facts.objects(iri, SH + "message"):
        return None
    steps = facts.objects(iri, SH + "path")
    about = next((_named(release, step.value) for step in steps if isinstance(step, NamedNode)), None)
    return Explanation(
        tuple(dict.fromkeys(_named(release, target) for target in _targets(facts, iri))),
        about,
        "" if about else " ".join(written(facts, step) for step in steps),
        rule(iri.partition("#")[2]).example,
    )


def _named(release: Release, iri: str) -> Link:
    return Link(name_of(release, iri) or Text(short(iri)), iri)


def _targets(facts: Facts, iri: str) -> Iterator[str]:
    """Yield what a shape targets, or what those target that it is a part of."""
    for kind in _TARGETS:
        yield from facts.iris(iri, kind)
    for subject in facts.subjects():
        if iri in facts.iris(subject, SH + "property"):
            yield from _targets(facts, subject)
