"""Description: a practice and where it comes from, as triples."""
