# graph: ontology
# finds: domain-count violation
INSERT DATA { icgp:kind rdfs:domain icgp:Country }
