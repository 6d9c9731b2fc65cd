# graph: topics
# finds: pref-label-language-missing warning
DELETE { topic:roma skos:prefLabel ?l } WHERE { topic:roma skos:prefLabel ?l FILTER (LANG(?l) = "es") }
