# graph: topics
# finds: text-unprintable violation
INSERT DATA { topic:roma skos:altLabel "Ro\u0007ma"@en }
