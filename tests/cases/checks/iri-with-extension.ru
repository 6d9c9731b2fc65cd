# graph: ontology
# finds: iri-with-extension warning
# also: term-unlisted context-lacks-term shapes-lack-property name-form
INSERT DATA { <https://w3id.org/intercultural-practices/ns#hosts.owl> a owl:AnnotationProperty ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
