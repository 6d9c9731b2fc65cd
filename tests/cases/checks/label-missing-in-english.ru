# graph: ontology
# finds: label-missing violation
# also: label-language-missing
DELETE { icgp:kind rdfs:label ?l } WHERE { icgp:kind rdfs:label ?l FILTER (LANG(?l) = "en") }
