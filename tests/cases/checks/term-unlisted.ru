# graph: ontology
# finds: term-unlisted warning
INSERT DATA { icgp:host a owl:NamedIndividual , foaf:Agent ; rdfs:label "hosts"@en , "accueille"@fr ; skos:definition "Says who hosts it."@en , "Dit qui accueille."@fr ; rdfs:isDefinedBy <https://w3id.org/intercultural-practices/ns> }
