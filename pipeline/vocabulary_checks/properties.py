"""Checks of our properties: one kind, one domain, one range, and nothing that is two things at once."""

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, XSD, URIRef

from pipeline.model.finding import Finding, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.material import Material
from pipeline.vocabulary_checks.terms import CLASS_KINDS, PROPERTY_KINDS, own_of_kind, own_terms

OWL_DATATYPES = frozenset(
    {RDFS.Literal, RDF.langString, RDF.XMLLiteral, URIRef(vocabulary.RDF + "PlainLiteral")}
    | {OWL.real, OWL.rational}
    | {XSD.string, XSD.normalizedString, XSD.token, XSD.language, XSD.Name, XSD.NCName, XSD.NMTOKEN}
    | {XSD.boolean, XSD.hexBinary, XSD.base64Binary, XSD.anyURI, XSD.dateTime, XSD.dateTimeStamp}
    | {XSD.decimal, XSD.integer, XSD.double, XSD.float, XSD.nonNegativeInteger, XSD.nonPositiveInteger}
    | {XSD.positiveInteger, XSD.negativeInteger, XSD.long, XSD.int, XSD.short, XSD.byte}
    | {XSD.unsignedLong, XSD.unsignedInt, XSD.unsignedShort, XSD.unsignedByte}
)
"""The OWL 2 datatype map (OWL 2 Structural Specification §4): no xsd:date, xsd:gYear or xsd:duration."""


def check_properties(material: Material) -> Iterator[Finding]:
    """Yield properties without one clear kind, domain and range."""
    graph = material.ontology
    for term in own_terms(graph):
        types = set(graph.objects(term, RDF.type))
        if len(types & {*PROPERTY_KINDS}) > 1 or types & {RDF.Property}:
            message = f"{term} is not exactly one of object, datatype and annotation property. Keep one kind."
            yield material.finding(Severity.VIOLATION, "property-kind", message, term)
        if types & {*PROPERTY_KINDS} and types & {*CLASS_KINDS}:
            message = f"{term} is a property and a class. Give the two different names."
            yield material.finding(Severity.VIOLATION, "term-punned", message, term)
    for term in own_of_kind(graph, OWL.ObjectProperty, OWL.DatatypeProperty):
        yield from _domain_and_range(material, term)


def _domain_and_range(material: Material, term: URIRef) -> Iterator[Finding]:
    graph = material.ontology
    for predicate, what in ((RDFS.domain, "domain"), (RDFS.range, "range")):
        stated = list(graph.objects(term, predicate))
        if len(stated) != 1:
            message = (
                f"{term} has {len(stated)} {what}s. State exactly one; several would mean their intersection."
            )
            yield material.finding(Severity.VIOLATION, f"{what}-count", message, term)
    declared = set(graph.subjects(RDF.type, OWL.Class))
    data = (term, RDF.type, OWL.DatatypeProperty) in graph
    for value in graph.objects(term, RDFS.range):
        if value not in (OWL_DATATYPES if data else declared):
            wanted = "a datatype of the OWL 2 map" if data else "a class that the ontology declares"
            message = (
                f"The range {value} of {term} is not {wanted}. Shapes can ask for more than the ontology."
            )
            yield material.finding(Severity.VIOLATION, "range-unknown", message, term)
    for value in graph.objects(term, RDFS.domain):
        if value not in declared:
            message = f"The domain {value} of {term} is not a class that the ontology declares. Declare it."
            yield material.finding(Severity.VIOLATION, "domain-unknown", message, term)
