# graph: ontology
# finds: property-kind violation
INSERT DATA { icgp:kind a owl:AnnotationProperty }
