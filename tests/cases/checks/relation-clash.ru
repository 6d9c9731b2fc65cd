# graph: topics
# finds: relation-clash violation
INSERT DATA { topic:roma skos:broader topic:education . topic:education skos:broader topic:refugees . topic:roma skos:related topic:refugees }
