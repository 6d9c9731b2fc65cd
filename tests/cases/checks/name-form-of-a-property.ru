# graph: ontology
# finds: name-form warning
# also: term-unlisted context-lacks-term shapes-lack-property
INSERT DATA { icgp:Hosts a owl:AnnotationProperty ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
