"""HTTP: content negotiation, representations' headers, and the response cache."""
