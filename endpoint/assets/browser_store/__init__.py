"""Oxigraph for the browser: fetched when the package is built, used by the query page of an exported site."""
