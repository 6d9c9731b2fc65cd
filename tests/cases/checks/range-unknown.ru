# graph: ontology
# finds: range-unknown violation
DELETE DATA { icgp:yearNumber rdfs:range xsd:integer } ; INSERT DATA { icgp:yearNumber rdfs:range xsd:gYear }
