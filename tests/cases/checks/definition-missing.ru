# graph: ontology
# finds: definition-missing violation
DELETE { icgp:kind skos:definition ?l } WHERE { icgp:kind skos:definition ?l }
