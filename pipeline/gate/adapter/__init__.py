"""Adapter: terms, graphs and constraint components of rdflib and pySHACL, so that they follow SHACL to the letter."""
