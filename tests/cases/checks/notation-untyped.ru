# graph: countries
# finds: notation-untyped warning
INSERT DATA { country:KOR skos:notation "410" }
