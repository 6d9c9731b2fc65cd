"""Asking: a query put to a release or to an endpoint, and its answer written for people or programs."""
