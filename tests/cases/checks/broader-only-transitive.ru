# graph: topics
# finds: broader-only-transitive warning
INSERT DATA { topic:roma skos:broaderTransitive topic:education }
