# graph: topics
# finds: mapping-clash violation
INSERT DATA { topic:roma skos:exactMatch <http://eurovoc.europa.eu/5653> ; skos:broadMatch <http://eurovoc.europa.eu/5653> }
