# graph: ontology
# finds: range-unknown violation
DELETE DATA { icgp:topic rdfs:range icgp:Topic } ; INSERT DATA { icgp:topic rdfs:range skos:ConceptScheme }
