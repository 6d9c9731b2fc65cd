# graph: ontology
# finds: label-missing violation
DELETE { icgp:kind rdfs:label ?l } WHERE { icgp:kind rdfs:label ?l }
