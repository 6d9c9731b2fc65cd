# graph: topics
# finds: in-scheme-missing violation
DELETE DATA { topic:roma skos:inScheme <https://w3id.org/intercultural-practices/topic> }
