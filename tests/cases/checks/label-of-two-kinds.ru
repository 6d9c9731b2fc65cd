# graph: topics
# finds: label-of-two-kinds violation
INSERT DATA { topic:roma skos:hiddenLabel "Roma"@en }
