# graph: topics
# finds: related-to-itself warning
INSERT DATA { topic:roma skos:related topic:roma }
