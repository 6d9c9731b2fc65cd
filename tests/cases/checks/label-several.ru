# graph: ontology
# finds: label-several violation
INSERT DATA { icgp:kind rdfs:label "sort of place"@en }
