"""A remote store as the one that answers: any SPARQL 1.1 server, asked through SPARQLWrapper."""

from endpoint.engine.remote.remote_store import RemoteStore

__all__ = ["RemoteStore"]
