# graph: topics
# finds: pref-label-missing violation
DELETE { topic:roma skos:prefLabel ?l } WHERE { topic:roma skos:prefLabel ?l }
