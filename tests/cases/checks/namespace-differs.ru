# graph: ontology
# finds: namespace-differs violation
DELETE { <https://w3id.org/intercultural-practices/ns> vann:preferredNamespaceUri ?u }
INSERT { <https://w3id.org/intercultural-practices/ns> vann:preferredNamespaceUri "https://w3id.org/intercultural-practices/terms#" }
WHERE { <https://w3id.org/intercultural-practices/ns> vann:preferredNamespaceUri ?u }
