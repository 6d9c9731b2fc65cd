"""The gate: SHACL shapes compiled to SPARQL, with pySHACL as the reference that has the last word."""
