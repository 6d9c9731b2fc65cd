"""The release: a folder of store, dumps, index and manifest, put in place by one atomic switch."""
