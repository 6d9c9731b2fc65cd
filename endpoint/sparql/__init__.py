"""The SPARQL 1.1 endpoint: protocol, checks before the engine, answers and errors over HTTP."""

from endpoint.sparql.sharing_routes import sharing_blueprint
from endpoint.sparql.sparql_routes import blueprint

__all__ = ["blueprint", "sharing_blueprint"]
