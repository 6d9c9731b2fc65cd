# graph: ontology
# finds: reserved-term-used violation
INSERT DATA { owl:Class rdfs:label "class"@en }
