# graph: countries
# finds: notation-ambiguous violation
INSERT DATA { country:KOR skos:notation "JPN"^^icgp:Alpha3Code }
