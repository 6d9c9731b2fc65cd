# graph: topics
# finds: text-without-language violation
INSERT DATA { topic:roma skos:altLabel "Romani people"@english }
