"""Graphs: what each document says, as RDF, JSON-LD and schema.org."""
