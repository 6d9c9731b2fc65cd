# graph: topics
# finds: mapping-inside-scheme violation
INSERT DATA { topic:roma skos:relatedMatch topic:refugees }
