# graph: ontology
# finds: datatype-outside-owl violation
INSERT DATA { <https://w3id.org/intercultural-practices/ns> dct:issued "2026-11-23"^^xsd:date }
