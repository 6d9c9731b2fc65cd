# graph: topics
# finds: language-in-common-missing warning
# also: pref-label-language-missing
DELETE { topic:roma skos:prefLabel ?l } INSERT { topic:roma skos:prefLabel "Romerne"@da } WHERE { topic:roma skos:prefLabel ?l }
