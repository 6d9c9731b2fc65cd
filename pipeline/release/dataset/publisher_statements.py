"""What is true of the dataset wherever it is published, with what its publisher says instead."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from pipeline.model.practice import OWN
from pipeline.rdf.iris import Deployment
from pipeline.rdf.turtle_templates import triples_of
from pipeline.rdf.vocabulary import DCT, RDF

PUBLISHER_TYPE = "http://purl.org/adms/publishertype/"
"""The namespace of the kinds of publishers; the setting ``publisher-type`` is the last part."""

_TYPE = NamedNode(RDF + "type")


def read_statements(
    deployment: Deployment, dataset_file: Path, settings: Mapping[str, str]
) -> Iterator[Triple]:
    """Yield what the dataset file says below a base IRI; a setting replaces all that it says of the same.

    Nobody is called the creator as long as no publisher is named: portals would make a contact of it.
    """
    facts = {"said": settings, "own": OWN, "types": PUBLISHER_TYPE}
    said = tuple(triples_of(__package__, "publisher.ttl.template", deployment.base, facts))
    replaced = {(triple.subject, triple.predicate) for triple in said if triple.predicate != _TYPE}
    for quad in parse(path=dataset_file, format=RdfFormat.TURTLE, base_iri=deployment.base + "/"):
        is_unnamed_creator = quad.predicate.value == DCT + "creator" and "publisher" not in settings
        if (quad.subject, quad.predicate) not in replaced and not is_unnamed_creator:
            yield quad.triple
    yield from said
