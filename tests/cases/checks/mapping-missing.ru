# graph: topics
# finds: mapping-missing warning
DELETE { topic:roma skos:closeMatch ?m } WHERE { topic:roma skos:closeMatch ?m }
