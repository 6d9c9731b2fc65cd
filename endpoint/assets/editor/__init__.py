"""The query editor: YASGUI, fetched when the package is built, and what the page tells it about our data."""
