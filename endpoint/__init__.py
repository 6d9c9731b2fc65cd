"""The web side: SPARQL, linked-data documents and the catalogue, all over one release folder."""
