# graph: ontology
# finds: name-form warning
# also: term-unlisted context-lacks-term
INSERT DATA { icgp:hosts a owl:Class ; rdfs:subClassOf icgp:City ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
