# graph: ontology
# finds: reserved-term-used violation
INSERT DATA { icgp:City rdfs:seeAlso owl:Class }
