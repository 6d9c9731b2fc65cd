# graph: topics
# finds: term-removed violation
# also: shapes-topics-differ term-undefined
DELETE { topic:roma ?p ?o . ?s ?q topic:roma } WHERE { topic:roma ?p ?o . ?s ?q topic:roma }
