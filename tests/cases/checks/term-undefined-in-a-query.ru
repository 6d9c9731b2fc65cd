# graph: shapes
# finds: term-undefined violation
DELETE { ?s sh:select ?q } INSERT { ?s sh:select ?r } WHERE { ?s sh:select ?q . BIND (REPLACE(?q, "icgp:dateText", "icgp:dayText") AS ?r) FILTER (?q != ?r) }
