# graph: countries
# finds: shapes-countries-differ violation
DELETE DATA { <https://w3id.org/intercultural-practices/country/facet> skos:member country:KOR }
