# graph: topics
# finds: top-concept-one-way violation
# also: concept-orphan
DELETE DATA { topic:roma skos:topConceptOf <https://w3id.org/intercultural-practices/topic> }
