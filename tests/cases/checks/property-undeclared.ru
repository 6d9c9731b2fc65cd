# graph: ontology
# finds: property-undeclared violation
INSERT DATA { <https://w3id.org/intercultural-practices/ns> dct:abstract "What it is."@en }
