# graph: ontology
# finds: class-undeclared violation
INSERT DATA { icgp:City rdfs:subClassOf skos:Collection }
