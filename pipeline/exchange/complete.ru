# The switch, and that it is complete.
PREFIX dcat: <http://www.w3.org/ns/dcat#>

$moves
DROP SILENT GRAPH <$state> ;
INSERT DATA { GRAPH <$state> { <$dataset> dcat:version "$version" } }
