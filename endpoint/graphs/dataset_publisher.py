"""The publisher: who answers for the dataset, as its description names it; and the rights in a record."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import objects_of, statements_of
from endpoint.language.graph_facts import Facts
from pipeline.rdf.vocabulary import DCT, FOAF, RDF
from pipeline.release.dataset.publisher_statements import PUBLISHER_TYPE

_INDIVIDUAL = PUBLISHER_TYPE + "PrivateIndividual"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, with the address of its site; ``kind`` is Organization or Person, empty if nobody is named."""

    iri: str
    name: str
    homepage: str
    kind: str


PROGRAMME = Publisher(
    "https://www.coe.int/interculturalcities",
    "Council of Europe, Intercultural Cities",
    "https://www.coe.int/interculturalcities",
    "Organization",
)
"""Who owns the rights in texts of the programme's catalogue."""


def publisher_of(release: Release) -> Publisher:
    """Return the publisher of the dataset; where none is set, what the description says in its place."""
    node = NamedNode(release.iris.agent("publisher")[1:-1])
    facts, iri = Facts(statements_of(release.store, node)), node.value
    names = {text.lang: text.text for text in facts.texts(iri, FOAF + "name")}
    return Publisher(
        iri,
        names.get("en") or min(names.values(), default=iri),
        next(iter(facts.iris(iri, FOAF + "homepage")), f"{release.base}/"),
        _kind(facts, iri),
    )


def rights_holders(release: Release, facts: Facts, record: str) -> tuple[Publisher, ...]:
    """Return who owns the rights in the text of a record: the publisher if it is named, the programme, or both."""
    own = publisher_of(release)
    holders = (own if holder == own.iri else PROGRAMME for holder in facts.iris(record, DCT + "rightsHolder"))
    return tuple(holder for holder in holders if holder.kind)


def _kind(facts: Facts, iri: str) -> str:
    if _INDIVIDUAL in facts.iris(iri, DCT + "type"):
        return "Person"
    return "Organization" if FOAF + "Organization" in facts.iris(iri, RDF + "type") else ""


def licence_of(release: Release, statements: Iterable[str]) -> str | None:
    """Return the licence of all texts of a record, else the statement on those that have none; None without any."""
    licence = None
    for statement in statements:
        licence = next(objects_of(release.store, statement, DCT + "license"), None)
        if licence is None:
            return statement
    return licence
