# graph: ontology
# finds: term-punned violation
# also: name-form
INSERT DATA { icgp:kind a owl:Class ; rdfs:subClassOf icgp:City }
