# graph: ontology
# finds: range-count violation
INSERT DATA { icgp:topic rdfs:range icgp:Country }
