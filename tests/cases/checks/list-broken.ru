# graph: ontology
# finds: list-broken warning
# also: classes-not-disjoint
DELETE { ?cell rdf:rest ?rest } WHERE { ?cell rdf:first icgp:City ; rdf:rest ?rest }
