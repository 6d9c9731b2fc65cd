"""Graphs: RDF judged as it stands, by shapes of anybody, where the records in it are of no concern."""
