# graph: ontology
# finds: label-repeated violation
DELETE { icgp:kind rdfs:label ?l } INSERT { icgp:kind rdfs:label "Has Topic"@en } WHERE { icgp:kind rdfs:label ?l FILTER (LANG(?l) = "en") }
