# graph: topics
# finds: term-undefined violation
INSERT DATA { <https://w3id.org/intercultural-practices/topic> skos:hasTopConcept topic:cooking . topic:cooking skos:topConceptOf <https://w3id.org/intercultural-practices/topic> }
