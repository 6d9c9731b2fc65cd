# graph: ontology
# finds: label-empty violation
DELETE { icgp:kind rdfs:label ?l } INSERT { icgp:kind rdfs:label " "@en } WHERE { icgp:kind rdfs:label ?l FILTER (LANG(?l) = "en") }
