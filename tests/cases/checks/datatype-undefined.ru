# graph: countries
# finds: term-undefined violation
DELETE { country:KOR skos:notation ?n } INSERT { country:KOR skos:notation "KOR"^^icgp:Alpha4Code } WHERE { country:KOR skos:notation ?n FILTER (STR(?n) = "KOR") }
