# graph: ontology
# finds: defined-by-missing violation
DELETE DATA { icgp:kind rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
