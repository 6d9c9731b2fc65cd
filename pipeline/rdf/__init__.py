"""RDF: the vocabulary, our IRIs, terms as N-Triples, and the labels of concepts."""
