# graph: ontology
# finds: domain-unknown violation
DELETE DATA { icgp:topic rdfs:domain icgp:GoodPractice } ; INSERT DATA { icgp:topic rdfs:domain dcat:Dataset }
