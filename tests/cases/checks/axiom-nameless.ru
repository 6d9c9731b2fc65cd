# graph: ontology
# finds: axiom-nameless warning
INSERT DATA { [] rdfs:subClassOf icgp:City }
