# graph: ontology
# finds: version-not-semver violation
DELETE { <https://w3id.org/intercultural-practices/ns> owl:versionInfo ?v ; owl:versionIRI ?i }
INSERT { <https://w3id.org/intercultural-practices/ns> owl:versionInfo "1.0" ; owl:versionIRI <https://w3id.org/intercultural-practices/ns/1.0> }
WHERE { <https://w3id.org/intercultural-practices/ns> owl:versionInfo ?v ; owl:versionIRI ?i }
