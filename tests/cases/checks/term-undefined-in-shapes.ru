# graph: shapes
# finds: term-undefined violation
# also: shapes-lack-property
DELETE { ?s sh:path icgp:kind } INSERT { ?s sh:path icgp:kynd } WHERE { ?s sh:path icgp:kind }
