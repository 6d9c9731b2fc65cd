# graph: shapes
# finds: shapes-lack-property warning
DELETE { ?s sh:path icgp:kind } WHERE { ?s sh:path icgp:kind }
