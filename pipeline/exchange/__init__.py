"""Other people's servers: asking a SPARQL 1.1 endpoint, and publishing a release to a remote store."""
