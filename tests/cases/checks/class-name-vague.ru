# graph: ontology
# finds: class-name-vague warning
# also: term-unlisted context-lacks-term
INSERT DATA { icgp:CityAndRegion a owl:Class ; rdfs:subClassOf icgp:City ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
