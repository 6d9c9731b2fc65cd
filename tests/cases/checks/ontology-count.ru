# graph: ontology
# finds: ontology-count violation
DELETE { ?o a owl:Ontology } WHERE { ?o a owl:Ontology }
