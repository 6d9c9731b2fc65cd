# graph: shapes
# finds: shapes-topics-differ violation
DELETE { ?cell rdf:first topic:roma } INSERT { ?cell rdf:first topic:refugees } WHERE { ?cell rdf:first topic:roma }
