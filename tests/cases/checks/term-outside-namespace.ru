# graph: ontology
# finds: term-outside-namespace violation
INSERT DATA { <https://w3id.org/intercultural-practices/Practice> a owl:Class }
