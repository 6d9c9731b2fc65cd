# graph: ontology
# finds: property-not-simple violation
INSERT DATA { icgp:inCountry a owl:TransitiveProperty }
