# graph: ontology
# finds: classes-not-disjoint warning
# also: term-unlisted context-lacks-term
INSERT DATA { icgp:Network a owl:Class ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
