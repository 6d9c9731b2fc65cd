# graph: ontology
# finds: definition-empty violation
DELETE { icgp:kind skos:definition ?l } INSERT { icgp:kind skos:definition ""@en } WHERE { icgp:kind skos:definition ?l FILTER (LANG(?l) = "en") }
