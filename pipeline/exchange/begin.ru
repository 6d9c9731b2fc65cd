# From here on until the switch is complete, the store vouches for no release.
PREFIX dct: <http://purl.org/dc/terms/>

DROP SILENT GRAPH <$state> ;
INSERT DATA { GRAPH <$state> { <$dataset> dct:isReplacedBy <$coming> } }
