# graph: topics
# finds: concept-cycle violation
INSERT DATA { topic:roma skos:broader topic:refugees . topic:roma skos:narrower topic:refugees }
