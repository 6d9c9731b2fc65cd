# graph: ontology
# finds: label-language-missing warning
DELETE { icgp:kind rdfs:label ?l } WHERE { icgp:kind rdfs:label ?l FILTER (LANG(?l) = "fr") }
