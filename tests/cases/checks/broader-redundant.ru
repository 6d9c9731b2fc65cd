# graph: topics
# finds: broader-redundant warning
INSERT DATA { topic:roma skos:broader topic:education , topic:refugees . topic:education skos:broader topic:refugees }
