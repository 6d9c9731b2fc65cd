"""Graphs: RDF judged as it is, by shapes that anybody sends, where the records in it are of no concern."""
