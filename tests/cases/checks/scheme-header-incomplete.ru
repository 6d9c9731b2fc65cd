# graph: topics
# finds: scheme-header-incomplete violation
DELETE { <https://w3id.org/intercultural-practices/topic> dct:license ?l } WHERE { <https://w3id.org/intercultural-practices/topic> dct:license ?l }
