# graph: topics
# finds: concept-iri-not-web info
# also: shapes-topics-differ term-unlisted
INSERT { <urn:topic:cooking> a skos:Concept ; skos:inScheme <https://w3id.org/intercultural-practices/topic> ; skos:topConceptOf <https://w3id.org/intercultural-practices/topic> ; skos:definition "Food."@en ; skos:prefLabel ?copy ; skos:closeMatch <http://eurovoc.europa.eu/1> .
  <https://w3id.org/intercultural-practices/topic> skos:hasTopConcept <urn:topic:cooking> }
WHERE { topic:roma skos:prefLabel ?l . BIND (STRLANG(CONCAT(STR(?l), " cooking"), LANG(?l)) AS ?copy) }
