# graph: ontology
# finds: version-iri violation
DELETE { <https://w3id.org/intercultural-practices/ns> owl:versionIRI ?v } WHERE { <https://w3id.org/intercultural-practices/ns> owl:versionIRI ?v }
