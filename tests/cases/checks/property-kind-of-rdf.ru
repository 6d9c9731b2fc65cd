# graph: ontology
# finds: property-kind violation
# also: reserved-term-used
INSERT DATA { icgp:kind a rdf:Property }
