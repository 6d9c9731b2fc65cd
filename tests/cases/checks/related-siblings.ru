# graph: topics
# finds: related-siblings warning
INSERT DATA { topic:roma skos:broader topic:education ; skos:related topic:refugees . topic:refugees skos:broader topic:education }
