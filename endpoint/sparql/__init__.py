"""The SPARQL 1.1 endpoint: protocol, checks before the engine, answers and errors over HTTP."""

from endpoint.sparql.sparql_routes import blueprint

__all__ = ["blueprint"]
