# graph: topics
# finds: top-concept-one-way violation
DELETE DATA { <https://w3id.org/intercultural-practices/topic> skos:hasTopConcept topic:roma }
