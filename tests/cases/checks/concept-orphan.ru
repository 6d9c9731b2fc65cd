# graph: topics
# finds: concept-orphan warning
DELETE DATA { <https://w3id.org/intercultural-practices/topic> skos:hasTopConcept topic:roma . topic:roma skos:topConceptOf <https://w3id.org/intercultural-practices/topic> }
