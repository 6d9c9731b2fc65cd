# graph: topics
# finds: concept-undocumented warning
DELETE { topic:roma skos:definition ?d ; skos:scopeNote ?n } WHERE { topic:roma skos:definition ?d ; skos:scopeNote ?n }
