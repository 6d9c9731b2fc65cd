# graph: ontology
# finds: header-incomplete violation
DELETE { <https://w3id.org/intercultural-practices/ns> dct:creator ?v } WHERE { <https://w3id.org/intercultural-practices/ns> dct:creator ?v }
