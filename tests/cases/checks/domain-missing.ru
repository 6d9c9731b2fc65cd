# graph: ontology
# finds: domain-count violation
DELETE DATA { icgp:kind rdfs:domain icgp:City }
