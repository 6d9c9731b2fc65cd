# graph: ontology
# finds: licence-not-iri violation
DELETE { <https://w3id.org/intercultural-practices/ns> dct:license ?v } INSERT { <https://w3id.org/intercultural-practices/ns> dct:license "CC BY 4.0" } WHERE { <https://w3id.org/intercultural-practices/ns> dct:license ?v }
