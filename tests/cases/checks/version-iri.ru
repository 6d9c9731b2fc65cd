# graph: ontology
# finds: version-iri violation
DELETE { <https://w3id.org/intercultural-practices/ns> owl:versionInfo ?v } INSERT { <https://w3id.org/intercultural-practices/ns> owl:versionInfo "0.2.0" } WHERE { <https://w3id.org/intercultural-practices/ns> owl:versionInfo ?v }
