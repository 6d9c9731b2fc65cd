# graph: ontology
# finds: definition-language-missing warning
DELETE { icgp:kind skos:definition ?l } WHERE { icgp:kind skos:definition ?l FILTER (LANG(?l) = "fr") }
