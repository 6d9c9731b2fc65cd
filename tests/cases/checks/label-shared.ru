# graph: topics
# finds: label-shared warning
INSERT DATA { topic:roma skos:altLabel "refugees"@en }
