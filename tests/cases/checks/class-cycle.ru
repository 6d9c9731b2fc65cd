# graph: ontology
# finds: hierarchy-cycle violation
# also: term-unlisted context-lacks-term
INSERT DATA { icgp:City rdfs:subClassOf icgp:Town . icgp:Town rdfs:subClassOf icgp:City ; a owl:Class ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
