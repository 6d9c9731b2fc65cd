# graph: ontology
# finds: term-untyped violation
# also: term-removed term-undefined
DELETE { icgp:kind a ?t } WHERE { icgp:kind a ?t }
