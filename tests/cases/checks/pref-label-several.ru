# graph: topics
# finds: pref-label-several violation
INSERT DATA { topic:roma skos:prefLabel "Roma people"@en }
