# graph: ontology
# finds: hierarchy-irregular violation
INSERT DATA { icgp:topic owl:propertyChainAxiom ( icgp:city icgp:country ) . icgp:topic rdfs:subPropertyOf icgp:city }
