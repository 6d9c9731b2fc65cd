# graph: topics
# finds: acceptance-idle warning
INSERT DATA { topic:neighbourhood skos:closeMatch <http://eurovoc.europa.eu/1> }
