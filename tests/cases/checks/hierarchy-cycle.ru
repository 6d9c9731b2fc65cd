# graph: ontology
# finds: hierarchy-cycle violation
INSERT DATA { icgp:section rdfs:subPropertyOf icgp:purpose }
