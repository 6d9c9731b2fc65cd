"""Checks of the vocabulary itself: the ontology, the SKOS schemes, the shapes and the JSON-LD context."""
