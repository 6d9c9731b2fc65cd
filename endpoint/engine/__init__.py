"""Query children: processes that run the queries of strangers, so that no web process ever has to."""
