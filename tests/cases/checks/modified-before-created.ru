# graph: ontology
# finds: modified-before-created violation
DELETE { <https://w3id.org/intercultural-practices/ns> dct:modified ?v } INSERT { <https://w3id.org/intercultural-practices/ns> dct:modified "2026-11-22T00:00:00Z"^^xsd:dateTime } WHERE { <https://w3id.org/intercultural-practices/ns> dct:modified ?v }
