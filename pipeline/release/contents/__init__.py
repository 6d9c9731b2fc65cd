"""The contents of a release: graphs, dumps, index, store and catalogue file."""
